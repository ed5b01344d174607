//! Rows of decompositions, which the feature `linalg` holds.
//!
//! Apart from `linear_algebra`, which every program has.

#[cfg(feature = "linalg")]
use congruent::linalg;
#[cfg(feature = "linalg")]
use congruent::prelude::*;

rows! {
    "linear algebra", feature "linalg";
    given { let a = Cpu.tensor([[4.0, 2.0], [2.0, 2.0]]); }
    "det": "np.linalg.det", "torch.linalg.det" => "a.det()",
        "feature `linalg`, as all below; differentiable as a method, a `Result` as `linalg::det(&a)?`" {
        assert!((a.det().eval().item() - 4.0).abs() < 1e-5);
    }
    "slogdet": "np.linalg.slogdet", "torch.linalg.slogdet" => "a.slogdet()", "" {
        let (sign, log) = a.slogdet();
        assert!(sign.item() == 1.0 && (log.eval().item() - 4f32.ln()).abs() < 1e-6);
    }
    "inv": "np.linalg.inv", "torch.linalg.inv" => "a.inv()", "" {
        assert!(a.inv().allclose(&Cpu.tensor([[0.5, -0.5], [-0.5, 1.0]]), 1e-5, 1e-6));
    }
    "pinv": "np.linalg.pinv", "torch.linalg.pinv" => "Cpu.tensor([[2.0], [0.0]]).pinv()", "" {
        assert_eq!(Cpu.tensor([[2.0], [0.0]]).pinv().eval(), Cpu.tensor([[0.5, 0.0]]));
    }
    "solve": "np.linalg.solve", "torch.linalg.solve" => "a.solve(&Cpu.tensor([6.0, 4.0]))", "" {
        assert!(a.solve(&Cpu.tensor([6.0, 4.0])).allclose(&Cpu.tensor([1.0, 1.0]), 1e-5, 1e-6));
    }
    "cholesky": "np.linalg.cholesky", "torch.linalg.cholesky" => "a.cholesky()", "" {
        assert_eq!(a.cholesky().eval(), Cpu.tensor([[2.0, 0.0], [1.0, 1.0]]));
    }
    "qr": "np.linalg.qr", "torch.linalg.qr" => "a.qr()", "the diagonal of `r` is not negative" {
        let (q, r) = a.qr();
        assert!(q.matmul(r).allclose(&a, 1e-5, 1e-5));
    }
    "lu": "scipy.linalg.lu", "torch.linalg.lu" => "linalg::lu(&a)", "no gradient" {
        assert_eq!(linalg::lu(&a)?.upper, Cpu.tensor([[4.0, 2.0], [0.0, 1.0]]));
    }
    "svd": "np.linalg.svd", "torch.linalg.svd" => "a.svd()",
        "`u`, `s` and `vh`, as of `full_matrices=False`; of tall matrices; `svdvals` for the values alone" {
        let (u, s, vh) = a.svd();
        assert!((u * &s.eval()).matmul(vh).allclose(&a, 1e-5, 1e-5));
        let (_, s, _) = a.svd();
        assert!(s.allclose(&Cpu.tensor([5.236068, 0.763932]), 1e-5, 1e-6));
    }
    "eig": "np.linalg.eig", "torch.linalg.eig" => "linalg::eigvals(&a)",
        "real and imaginary parts; no gradient; vectors by `linalg::eig`" {
        let [re, im] = linalg::eigvals(&a)?;
        assert!((re.sum().eval().item() - 6.0).abs() < 1e-5 && im == im.zeros_like());
    }
    "eigh": "np.linalg.eigh", "torch.linalg.eigh" => "a.eigh()", "`eigvalsh` for the values alone" {
        let (values, _) = a.eigh();
        assert!(values.allclose(&Cpu.tensor([0.763932, 5.236068]), 1e-5, 1e-6));
    }
    "lstsq": "np.linalg.lstsq", "torch.linalg.lstsq" => "linalg::lstsq(&ones, &Cpu.tensor([1.0, 3.0]))",
        "differentiable: `a.pinv().matmul(b)`" {
        let ones = Cpu.ones::<Shape![2, 1]>();
        assert!(linalg::lstsq(&ones, &Cpu.tensor([1.0, 3.0]))?.allclose(&Cpu.tensor([2.0]), 1e-5, 1e-6));
    }
    "polyfit": "np.polyfit(x, y, 1)", "" => "x.polyfit(&y, D::<1>)", "the highest power first" {
        let (x, y) = (Cpu.tensor([0.0, 1.0, 2.0]), Cpu.tensor([1.0, 3.0, 5.0]));
        assert!(x.polyfit(&y, D::<1>).allclose(&Cpu.tensor([2.0, 1.0]), 1e-6, 1e-6));
    }
    "matrix_rank": "np.linalg.matrix_rank", "torch.linalg.matrix_rank" => "linalg::matrix_rank(&a)", "" {
        assert_eq!(linalg::matrix_rank(&a)?.item(), 2);
    }
    "cond": "np.linalg.cond", "torch.linalg.cond" => "linalg::cond(&Cpu.tensor([[4.0, 0.0], [0.0, 2.0]]))", "" {
        assert_eq!(linalg::cond(&Cpu.tensor([[4.0, 0.0], [0.0, 2.0]]))?.item(), 2.0);
    }
    "expm": "scipy.linalg.expm", "torch.linalg.matrix_exp" => "Cpu.tensor([[0.0, 1.0], [0.0, 0.0]]).expm()", "" {
        assert_eq!(Cpu.tensor([[0.0, 1.0], [0.0, 0.0]]).expm().eval(), Cpu.tensor([[1.0, 1.0], [0.0, 1.0]]));
    }
}
