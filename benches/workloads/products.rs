//! Matrix products: large, thin, transposed, in `f64` and halves, and of matrices so small that only the call counts.

use crate::session::Session;
use congruent::prelude::*;

pub(crate) fn run(session: &mut Session) {
    plain::<D<64>, D<64>, D<64>, f32>(session, "gemm_64");
    plain::<D<256>, D<256>, D<256>, f32>(session, "gemm_256");
    plain::<D<1024>, D<1024>, D<1024>, f32>(session, "gemm_1024");
    plain::<D<2048>, D<2048>, D<2048>, f32>(session, "gemm_2048");
    plain::<D<64>, D<784>, D<128>, f32>(session, "gemm_64x784x128");
    plain::<D<128>, D<768>, D<3072>, f32>(session, "gemm_128x768x3072");
    transposed(session);
    plain::<D<1024>, D<1024>, D<1024>, f64>(session, "gemm_f64_1024");
    plain::<D<1024>, D<1024>, D<1024>, f16>(session, "gemm_f16_1024");
    plain::<D<1024>, D<1024>, D<1024>, bf16>(session, "gemm_bf16_1024");
    plain::<D<4>, D<4>, D<4>, f32>(session, "mm_4");
    plain::<D<8>, D<8>, D<8>, f32>(session, "mm_8");
    plain::<D<16>, D<16>, D<16>, f32>(session, "mm_16");
    plain::<D<32>, D<32>, D<32>, f32>(session, "mm_32");
}

/// Uniform in [-1, 1).
fn random<S: Shape + Default, E: Real>(seed: u64) -> Tensor<S, E> {
    Cpu.uniform_of(S::default(), Key::new(seed), -1.0, 1.0)
}

fn plain<M, K, N, E>(session: &mut Session, name: &'static str)
where
    M: Dim + Default,
    K: Dim + Default,
    N: Dim + Default,
    E: Real,
{
    session.measure(name, || {
        let (a, b) = (random::<(M, K), E>(1), random::<(K, N), E>(2));
        move || a.matmul(&b).eval()
    });
}

fn transposed(session: &mut Session) {
    type Square = Shape![1024, 1024];
    session.measure("gemm_ta_1024", || {
        let (a, b) = (random::<Square, f32>(1), random::<Square, f32>(2));
        move || a.t().matmul(&b).eval()
    });
    session.measure("gemm_tb_1024", || {
        let (a, b) = (random::<Square, f32>(1), random::<Square, f32>(2));
        move || a.matmul(b.t()).eval()
    });
}
