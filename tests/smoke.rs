//! A first walk through the whole vertical.
use congruent::nn::Linear;
use congruent::prelude::*;
dims! { Batch = ? }

#[derive(Model)]
struct Net<P: Part = Weights> {
    a: Linear<D<4>, D<8>, P>,
    b: Linear<D<8>, D<3>, P>,
}
impl<P: Forward> Net<P> {
    fn forward<B: Dim>(self, x: impl Expr<(B, D<4>), P>) -> Ex![P; B, 3] {
        self.b.forward(self.a.forward(x) * 1.0)
    }
}

fn check<M>(m: &mut M, f: impl Fn(&M) -> (f64, Vec<f64>))
where
    M: Inspect<f64, Cpu>,
{
    let (_, g) = f(m);
    let mut k = 0;
    let mut sizes = vec![];
    m.visit(|_, _, x| sizes.push(x.len()));
    for (which, &n) in sizes.iter().enumerate() {
        for i in 0..n {
            let h = 1e-5;
            let mut bump = |d: f64| {
                let mut w = 0;
                m.visit_mut(|_, _, x| {
                    if w == which {
                        x[i] += d
                    }
                    w += 1
                });
            };
            bump(h);
            let up = f(m).0;
            let mut bump = |d: f64| {
                let mut w = 0;
                m.visit_mut(|_, _, x| {
                    if w == which {
                        x[i] += d
                    }
                    w += 1
                });
            };
            bump(-2.0 * h);
            let down = f(m).0;
            let mut bump = |d: f64| {
                let mut w = 0;
                m.visit_mut(|_, _, x| {
                    if w == which {
                        x[i] += d
                    }
                    w += 1
                });
            };
            bump(h);
            let num = (up - down) / (2.0 * h);
            assert!((num - g[k]).abs() < 1e-6 * (1.0 + num.abs()), "{which}[{i}]: {num} vs {}", g[k]);
            k += 1;
        }
    }
}
macro_rules! grads { ($m:expr, |$v:ident| $e:expr) => { println!("{}", stringify!($e)); check($m, |m| {
    let (l, g) = m.value_and_grad(|$v| $e).unwrap();
    let mut out = vec![];
    struct C<'a>(&'a mut Vec<f64>);
    impl congruent::model::EachMut<Grads<f64, Cpu>> for C<'_> { fn param(&mut self, _: &congruent::model::Path<'_>, _: &[usize], x: &mut (congruent::device::Buf<f64>, Cpu)) { self.0.extend(x.0.iter()) } }
    let mut g = g; congruent::model::Tree::each_mut(&mut g, &mut C(&mut out), &congruent::model::Path::ROOT);
    (l, out) }) } }
fn r<S: Shape>(s: S, k: u64) -> Tensor<S, f64> {
    Cpu.uniform(s, Key::new(k), -1.0, 1.0)
}

#[test]
fn gradients() {
    let mut m: (Param<(D<3>, D<4>), Weights<f64>>, Param<(D<4>,), Weights<f64>>, Param<(D<3>, D<1>), Weights<f64>>) =
        (r((D::<3>, D::<4>), 1).into(), r((D::<4>,), 2).into(), r((D::<3>, D::<1>), 3).into());
    grads!(&mut m, |m| ((m.0 * m.1 + m.2) * m.0).sum());
    grads!(&mut m, |m| (m.0 * m.0).matmul(m.0.t() * 1.0).mean());
    grads!(&mut m, |m| m.0.t().matmul(m.0).softmax().mul(m.1).mean());
    grads!(&mut m, |m| m.0.matmul(m.1).mul(m.0.matmul(m.1)).sum());
    grads!(&mut m, |m| (m.0 * 2.0).with(|x| x - x.mean_keepdim::<1>() + x * m.2).layer_norm(1e-5).mul(m.1).sum());
    grads!(&mut m, |m| (m.0 * 2.0).share(|x| x * x * x + x).log_softmax().mul(m.1).sum());
    grads!(&mut m, |m| m.0.var_axis::<0>(1).mul(m.1).sum());
    grads!(&mut m, |m| m.0.std_axes::<Axes![0, 1]>(1).sum());
    grads!(&mut m, |m| m.0.prod_axis::<1>().mul(m.2.squeeze::<1>()).sum());
    grads!(&mut m, |m| m.0.logsumexp_keepdim::<0>().mul(m.1).sum());
    grads!(&mut m, |m| m.0.max_keepdim::<0>().mul(m.1).sum());
    grads!(&mut m, |m| m
        .0
        .expand((D::<5>, D::<3>, D::<4>))
        .matmul(m.1)
        .mul(1.0 - m.2.squeeze::<1>())
        .sum_axes::<Axes![0]>()
        .mean());
    grads!(&mut m, |m| (m.0.t() + m.1.unsqueeze::<1>()).div(m.2.squeeze::<1>()).mean());
    grads!(&mut m, |m| m.0.gather(&Cpu.tensor([2, 0, 2])).mul(m.1).mean());
    grads!(&mut m, |m| (m.0 * 1.5).boxed().mul(m.1).sum());
    grads!(&mut m, |m| m.0.reshape((D::<2>, D::<3>, D::<2>)).sum_axes::<Axes![0, 2]>().mul(m.2.squeeze::<1>()).sum());
}

#[test]
fn a_model_learns() {
    let m = Net { a: Linear::new(Key::new(1)), b: Linear::new(Key::new(2)) };
    let x = Cpu.uniform((Batch(5), D::<4>), Key::new(3), -1.0, 1.0);
    let (l, g) = m.value_and_grad(|m| m.forward(&x).softmax().mean()).unwrap();
    assert!((l - 1.0 / 3.0).abs() < 1e-6);
    assert_eq!(g.a.weight.as_slice().len(), 32);
    let y = m.infer(|m| m.forward(&x).eval()).unwrap();
    assert_eq!(y.shape(), (Batch(5), D::<3>));
}
