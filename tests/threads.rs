//! The same bits for any number of threads, and at every run: losses, gradients, and the weights after some steps.
//!
//! Apart from the other tests because sizes matter here and nothing else does: they lie above the thresholds from which
//! work is shared, are odd, and do not divide by the number of threads, so that chunks of unequal length meet.

use congruent::device::Host;
use congruent::model::{EachMut, Gradient, Path, Tree};
use congruent::nn::Init;
use congruent::prelude::*;
use rayon::prelude::*;

/// Threads and how often each number of them runs: the cores of a small machine, and a number that divides nothing.
/// With more than one, who takes what differs from run to run. Without optimisation a run takes seconds.
const THREADS: [(usize, usize); 3] = if cfg!(optimised) { [(1, 3), (2, 3), (7, 3)] } else { [(1, 0), (2, 1), (7, 2)] };

/// Runs `work` on each number of threads, several times, and compares what it returns.
fn same_on_any_number_of_threads(work: impl Fn() -> Vec<u64> + Sync) {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads to run on");
        pool.install(&work)
    };
    let expected = on(1);
    assert!(expected.iter().any(|&bits| bits != expected[0]), "nothing was computed");
    for (threads, run) in THREADS.into_iter().flat_map(|(threads, runs)| (0..runs).map(move |run| (threads, run))) {
        let found = on(threads);
        let differing = expected.iter().zip(&found).filter(|(a, b)| a != b).count();
        assert_eq!(expected.len(), found.len());
        assert_eq!(differing, 0, "of {} numbers, on {threads} threads in run {run}", found.len());
    }
}

/// The bits of everything that is put in.
#[derive(Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn put<E: Elem>(&mut self, values: &[E]) {
        self.0.extend(values.iter().map(|value| value.as_f64().to_bits()));
    }

    /// The loss and the gradient of each parameter.
    fn of<E: Real, G: Tree<Grads<E>>>((loss, mut grads): (E, G)) -> Self {
        let mut bits = Bits::default();
        bits.put(&[loss]);
        grads.each_mut(&mut bits, &Path::ROOT);
        bits
    }
}

impl<E: Real> EachMut<Grads<E>> for Bits {
    fn param(&mut self, _: &Path<'_>, _: &[usize], gradient: &mut Gradient<E, Cpu>) {
        self.put(Cpu.slice(gradient.values()));
    }
}

fn uniform<S: Shape, E: Real>(shape: S, seed: u64) -> Tensor<S, E> {
    Cpu.uniform_of(shape, Key::new(seed), -1.0, 1.0)
}

dims! { Batch = ?, Seq = ? }

#[derive(Model)]
struct Mlp<P: Part = Weights> {
    first: Linear<D<203>, D<517>, P>,
    drop: Dropout<P>,
    second: Linear<D<517>, D<331>, P>,
    scores: Linear<D<331>, D<11>, P>,
}

impl<E: Real> Mlp<Weights<E>> {
    fn new() -> Self {
        let drop = Dropout::new(0.3).expect("a probability");
        let keys = [1, 2, 3].map(Key::new);
        let [first, second, scores] = keys;
        Mlp {
            first: Linear::init(Cpu, Init::DEFAULT, first),
            drop,
            second: Linear::init(Cpu, Init::DEFAULT, second),
            scores: Linear::init(Cpu, Init::DEFAULT, scores),
        }
    }
}

impl<P: Forward> Mlp<P> {
    fn forward<B: Dim>(self, x: impl Expr<(B, D<203>), P>) -> Ex![P; B, 11] {
        let hidden = self.drop.forward(self.first.forward(x).relu());
        self.scores.forward(self.second.forward(hidden).gelu())
    }
}

/// Three steps with AdamW: the loss and gradients of the last one, and the weights.
fn train<E: Real>() -> Vec<u64> {
    let mut model = Mlp::<Weights<E>>::new();
    let mut optimizer = AdamW::new(&model, 1e-2);
    let x = uniform::<_, E>((Batch(611), D::<203>), 4);
    let labels = Cpu.from_fn((Batch(611),), |i| i as i64 * 7 % 11);
    let mut bits = Bits::default();
    for key in [5, 6, 7].map(Key::new) {
        let step = || model.value_and_grad(|model| model.forward(&x).cross_entropy(&labels));
        let (loss, grads) = with_key(key, step).expect("labels are below 11");
        optimizer.step(&mut model, &grads);
        bits = Bits::of((loss, grads));
    }
    model.visit(|_, _, weights| bits.put(weights));
    bits.0
}

#[test]
fn a_perceptron_learns_the_same() {
    same_on_any_number_of_threads(train::<f32>);
    same_on_any_number_of_threads(train::<f64>);
}

#[derive(Model)]
struct Attention<P: Part = Weights> {
    norm: LayerNorm<D<36>, P>,
    query: Linear<D<36>, D<36>, P>,
    key: Linear<D<36>, D<36>, P>,
    value: Linear<D<36>, D<36>, P>,
    gain: Param<Shape![36], P>,
}

impl<E: Real> Attention<Weights<E>> {
    fn new() -> Self {
        let linear = |seed| Linear::init(Cpu, Init::DEFAULT, Key::new(seed));
        let gain = uniform((D::<36>,), 4).into();
        Attention { norm: LayerNorm::init(Cpu), query: linear(1), key: linear(2), value: linear(3), gain }
    }
}

impl<P: Forward> Attention<P> {
    /// Attention with three heads, a residual connection and an RMS norm over all.
    fn forward(self, x: impl Expr<(Batch, Seq, D<36>), P>) -> Ex![P; Batch, Seq, 36] {
        x.with(|x| {
            let (batch, seq, _) = x.shape();
            let heads = (batch, seq, D::<3>, D::<12>);
            let attended = self.norm.forward(x).with(|x| {
                let query = self.query.forward(x).reshape(heads).transpose::<1, 2>();
                let key = self.key.forward(x).reshape(heads).transpose::<1, 2>();
                let value = self.value.forward(x).reshape(heads).transpose::<1, 2>();
                let weights = (query.matmul_t(key) * 0.3).softmax();
                weights.matmul(value).transpose::<1, 2>().reshape((batch, seq, D::<36>))
            });
            (x + attended * self.gain).layer_norm(1e-5)
        })
    }
}

fn attend<E: Real>() -> Vec<u64> {
    let model = Attention::<Weights<E>>::new();
    let x = uniform::<_, E>((Batch(13), Seq(171), D::<36>), 5);
    let target = uniform::<_, E>((Batch(13), Seq(171), D::<36>), 6);
    Bits::of(model.value_and_grad(|model| model.forward(&x).mse(&target)).expect("equal sizes")).0
}

#[test]
fn attention_gives_the_same() {
    same_on_any_number_of_threads(attend::<f32>);
    same_on_any_number_of_threads(attend::<f64>);
}

/// Operands of one region: whole, one row, one column, one number, and a transposed matrix.
#[derive(Model)]
struct Operands<P: Part = Weights> {
    whole: Param<Shape![1021, 517], P>,
    row: Param<Shape![517], P>,
    column: Param<Shape![1021, 1], P>,
    number: Param<Shape![1], P>,
    turned: Param<Shape![517, 1021], P>,
}

impl<E: Real> Operands<Weights<E>> {
    fn new() -> Self {
        Operands {
            whole: uniform(Default::default(), 1).into(),
            row: uniform(Default::default(), 2).into(),
            column: uniform(Default::default(), 3).into(),
            number: uniform(Default::default(), 4).into(),
            turned: uniform(Default::default(), 5).into(),
        }
    }
}

/// Broadcast operands receive sums of gradients, in parts that are added in a fixed order.
fn broadcast<E: Real>() -> Vec<u64> {
    let operands = Operands::<Weights<E>>::new();
    let mixed = |m: Operands<Traced<E>>| {
        ((m.whole * m.row + m.column).gelu() * m.number.sigmoid() + m.turned.t() * m.row).tanh().mean()
    };
    let mut bits = Bits::of(operands.value_and_grad(mixed).expect("equal sizes"));
    let value = operands.infer(|m| ((m.whole * m.row + m.column).gelu() * m.number.sigmoid() + m.turned.t()).eval());
    bits.put(value.expect("equal sizes").as_slice());
    bits.0
}

#[test]
fn regions_with_broadcast_operands_give_the_same() {
    same_on_any_number_of_threads(broadcast::<f32>);
    same_on_any_number_of_threads(broadcast::<f64>);
}

/// One long axis, which chunks divide in the middle of a row.
fn long<E: Real>() -> Vec<u64> {
    let model: (Param<Shape![300_007], Weights<E>>, Param<Shape![1], Weights<E>>) =
        (uniform(Default::default(), 1).into(), uniform(Default::default(), 2).into());
    Bits::of(model.value_and_grad(|m| (m.0 * m.1).exp().with(|x| x / x.sum()).square().sum()).expect("equal sizes")).0
}

#[test]
fn one_long_row_gives_the_same() {
    same_on_any_number_of_threads(long::<f32>);
    same_on_any_number_of_threads(long::<f64>);
}

/// Reductions along each axis, and their gradients.
fn reduce<E: Real>() -> Vec<u64> {
    let x: Param<Shape![67, 53, 91], Weights<E>> = uniform(Default::default(), 1).into();
    let loss = |x: Param<Shape![67, 53, 91], Traced<E>>| {
        let (first, middle) = (x.sum_axis::<0>().square().mean(), x.logsumexp_axis::<1>().mean());
        let (last, some) = (x.var_axis::<2>(1).mean(), x.max_axes::<Axes![0, 2]>().sum());
        first + middle + last + some
    };
    Bits::of(x.value_and_grad(loss).expect("equal sizes")).0
}

#[test]
fn reductions_give_the_same() {
    same_on_any_number_of_threads(reduce::<f32>);
    same_on_any_number_of_threads(reduce::<f64>);
}

dims! { Rows = ?, Terms = ?, Columns = ? }

/// Products around all sizes from which on another way is gone: thin ones are divided, and a part is as small as what
/// is multiplied otherwise.
fn thin<E: Real>() -> Vec<u64> {
    let mut bits = Bits::default();
    for [m, k, n] in [
        [1021, 307, 8],
        [7, 307, 1021],
        [1021, 300, 13],
        [13, 300, 1021],
        [600, 1000, 3],
        [3, 1000, 600],
        [1021, 600, 16],
    ] {
        let (a, b) = (uniform::<_, E>((Rows(m), Terms(k)), 1), uniform::<_, E>((Terms(k), Columns(n)), 2));
        bits.put(a.matmul(&b).eval().as_slice());
        let (a, b) = (a.t().eval(), b.t().eval());
        bits.put(a.t().matmul(b.t()).eval().as_slice());
    }
    bits.0
}

#[test]
fn thin_products_give_the_same() {
    same_on_any_number_of_threads(thin::<f32>);
    same_on_any_number_of_threads(thin::<f64>);
    same_on_any_number_of_threads(thin::<bf16>);
}

/// Random tensors are drawn in parts: the parts are those of the one stream.
#[test]
fn random_numbers_are_the_same() {
    const MANY: usize = 100_003;
    same_on_any_number_of_threads(|| {
        let (shape, key, mut bits) = ((Batch(MANY),), Key::new(8), Bits::default());
        bits.put(Cpu.rand_of::<f32, _>(shape, key).as_slice());
        bits.put(Cpu.randn_of::<f32, _>(shape, key).as_slice());
        bits.put(Cpu.normal_of::<f64, _>(shape, key, 1.0, 2.0).as_slice());
        bits.put(Cpu.randint(shape, key, -5i64, 1000).expect("a range").as_slice());
        bits.put(Cpu.bernoulli_of::<u8, _>(shape, key, 0.3).expect("a probability").as_slice());
        bits.put(Cpu.gamma_of::<f64, _>(shape, key, 2.0, 1.0).expect("positive").as_slice());
        bits.0
    });
    let (x, key) = (Cpu.randn_of::<f64, _>((Batch(MANY),), Key::new(8)), Key::new(8));
    assert!((0..).zip(x.as_slice()).all(|(i, &x)| x == key.normal_f64(i)));
}

/// An error on a thread of the caller's own making is the error of the call that waits for it.
#[test]
fn errors_on_other_threads_come_out_of_the_attempt_around_them() {
    dims! { Batch = ? }
    let x = Cpu.full((Batch(3),), 1.0f32);
    let wrong = |size: usize| (&x + &Cpu.full((Batch(size),), 1.0f32)).sum().eval().item();
    let sizes = |error: Result<f32, Error>| assert!(matches!(error, Err(Error::Sizes(_))), "{error:?}");
    sizes(attempt(|| (0..100).into_par_iter().map(wrong).sum()));
    sizes(attempt(|| rayon::join(|| wrong(3), || wrong(4)).0));
    sizes(attempt(|| rayon::scope(|scope| scope.spawn(|_| assert_eq!(wrong(5), 0.0)))).map(|()| 0.0));
    sizes(attempt(|| {
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| wrong(6));
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }));
    let model: Param<Shape![1]> = Cpu.tensor([1.0]).into();
    let step = model.value_and_grad(|w| {
        let total: f32 = (2..4).into_par_iter().map(wrong).sum();
        (w * f64::from(total)).sum()
    });
    sizes(step.map(|(loss, _)| loss));
    // Whoever listens on the other thread gets it there, and a panic of another kind stays one.
    let heard: Vec<_> = (2..4).into_par_iter().map(|size| attempt(|| wrong(size)).is_ok()).collect();
    assert_eq!(heard, [false, true]);
    let bug = std::panic::catch_unwind(|| attempt(|| (0..2).into_par_iter().for_each(|_| panic!("a bug"))));
    assert!(bug.is_err_and(|panic| panic.downcast_ref::<&str>() == Some(&"a bug")));
    let words = std::thread::scope(|scope| scope.spawn(|| wrong(7)).join().expect_err("nobody listened"));
    assert!(words.downcast_ref::<String>().is_some_and(|words| words.contains("Batch = 7")));
}

/// A model that trains once more when it is let go.
struct AtTheEnd(Param<Shape![3]>);
impl Drop for AtTheEnd {
    fn drop(&mut self) {
        let (loss, grads) = self.0.value_and_grad(|x| x.with(|x| (x * x).sum())).expect("a step");
        assert_eq!((loss, grads.as_slice()), (14.0, &[2.0, 4.0, 6.0][..]));
    }
}

/// Variables of a thread are let go in the opposite of the order in which it came to them: the first one when all that
/// the crate keeps for the thread is gone. A panic in it would end the process.
#[test]
fn models_of_a_thread_may_train_when_it_ends() {
    thread_local! {
        static FIRST: AtTheEnd = AtTheEnd(Cpu.tensor([1.0, 2.0, 3.0]).into());
        static LAST: AtTheEnd = AtTheEnd(Cpu.tensor([1.0, 2.0, 3.0]).into());
    }
    let run = || {
        FIRST.with(|_| ());
        drop(AtTheEnd(Cpu.tensor([1.0, 2.0, 3.0]).into()));
        LAST.with(|_| ());
    };
    std::thread::spawn(run).join().expect("no panic");
}
