//! Sharing, loops and erasure: `with`, `scan`, `boxed`, `stop_gradient`.
//!
//! Apart from the operations: these compute nothing, they say how graphs hang together.

use super::boxed::{Boxed, Erasure};
use super::expr::{Ex, Operand};
use super::keep::{Keeping, Taken, keep};
use super::later::Before;
use super::local::Local;
use super::memory::Memory;
use super::node::{Closed, Differentiable, Lazy, Node};
use super::op::{Behind, Op, Pullback};
use super::origin::{Call, Dims, Input, Origin, Reads, Work};
use super::region::materialise;
use super::share::same_sizes;
use super::stopped::Stopped;
use super::table::Owner;
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
use crate::layout::Sizes;
use crate::loops::{Frame, Sealed, Survey};
use crate::shape::Shape;

/// The graph of `x.with(|x| body)`. Transparent: the body takes part in the surrounding fused region.
pub struct Let<S, E: Real, X, B> {
    x: X,
    shape: S,
    owner: Owner<E>,
    body: B,
    /// What the body has kept.
    kept: Taken,
}

impl<S, E: Real, X, B> Sealed for Let<S, E, X, B> {}
#[diagnostic::do_not_recommend]
impl<S, E: Real, X, B: Closed> Closed for Let<S, E, X, B> {}

impl<S: Shape, E: Real, X: Lazy<E>, F: Elem, B: Lazy<F>> Lazy<F> for Let<S, E, X, B> {
    type Grad = B::Grad;
    type Body = B::Body;

    #[cfg_attr(optimised, inline(always))]
    fn flat<R: Shape>(&self, region: R) -> bool {
        self.body.flat(region)
    }
    fn survey(&self, survey: &mut Survey) {
        self.body.survey(survey);
    }
    fn bind(&self, frame: &Frame, region: &Sizes) -> Self::Body {
        self.body.bind(frame, region)
    }
    fn memory(&self) -> Option<Memory<'_, F>> {
        self.body.memory()
    }
    fn live(&self) -> bool {
        self.body.live()
    }
    fn cut(&self) {
        self.body.cut();
        self.kept.note_cuts();
        if self.owner.key().is_cut() {
            self.x.cut();
        }
    }
    fn origin(this: Option<&Self>) -> Origin {
        let value =
            Input::of::<E, _>(X::origin(this.map(|node| &node.x)), this.map(|node| node.shape), Reads::RowMajor);
        let address = this.map(|node| node.owner.key().value::<E>().address().addr());
        Origin::With(Box::new(value), address, Box::new(B::origin(this.map(|node| &node.body))))
    }
}

impl<S: Shape, E: Real, X: Differentiable<E>, F: Real, B: Differentiable<F>> Differentiable<F> for Let<S, E, X, B> {
    type Sink = B::Sink;

    fn bind_gradient<D: Device>(&self, device: D, frame: &Frame, region: &Sizes) -> (Self::Body, Self::Sink) {
        self.body.bind_gradient(device, frame, region)
    }
    fn backward<D: Device>(self, device: D, sink: Self::Sink) {
        let Let { x, shape, owner, body, kept } = self;
        let before = Before::now();
        body.backward(device, sink);
        kept.backward(&before);
        pass_on(before, device, owner, x, shape);
    }
    fn accept<D: Device, R: Shape>(self, device: D, shape: R, gradient: Buf<F>) {
        let Let { x, shape: own_shape, owner, body, kept } = self;
        let before = Before::now();
        body.accept(device, shape, gradient);
        kept.backward(&before);
        pass_on(before, device, owner, x, own_shape);
    }
}

/// The gradient that a shared value has collected goes to what produced it, once the body's backward is complete.
fn pass_on<D: Device, E: Real, X: Differentiable<E>, S: Shape>(
    before: Before,
    device: D,
    owner: Owner<E>,
    x: X,
    shape: S,
) {
    if X::Grad::ON && x.live() {
        before.then(move || {
            if let Some(gradient) = owner.key().take_gradient() {
                x.accept(device, shape, gradient);
            }
        });
    }
}

/// The methods [`with`](Sharing::with), [`keep`](Sharing::keep), [`boxed`](Sharing::boxed) and
/// [`stop_gradient`](Sharing::stop_gradient).
pub trait Sharing: Operand + Sized {
    /// Computes the tensor once and lets `body` use it any number of times: inside, it is `Copy`.
    ///
    /// `y = body(x)`, `dx` = the sum of the gradients of all its uses. Shapes: any; the result has the body's.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0], [3.0, 5.0]]);
    /// let centred = (&x * 2.0).with(|x| x - x.mean_keepdim::<1>()).eval();
    /// assert_eq!(centred.as_slice(), [-1.0, 1.0, -2.0, 2.0]);
    /// ```
    fn with<B: Operand>(
        self,
        body: impl FnOnce(Local<Self::S, Self::E, Self::D>) -> B,
    ) -> Ex<B::S, B::E, B::D, Let<Self::S, Self::E, Self::N, B::N>>
    where
        Self::E: Real,
        Self::N: Node<Self::E>,
    {
        let x = self.ex();
        let owner = Owner::new(x.materialise());
        let keeping = Keeping::open();
        let body = body(Local::new(owner.key(), x.node.live(), x.shape, x.device)).ex();
        let kept = keeping.close();
        if <Self::N as Lazy<Self::E>>::Grad::ON && owner.key().is_cut() {
            x.node.cut();
        }
        Ex::new(Let { x: x.node, shape: x.shape, owner, body: body.node, kept }, body.shape, body.device)
    }

    /// Computes the tensor once and keeps it until the call of `value_and_grad` or `infer` ends: it is `Copy`, may be
    /// used any number of times, returned from functions beside others, and has a short type, [`Keep`](super::Keep).
    ///
    /// `y = x`, `dx` = the sum of the gradients of all its uses, for one allocation and one virtual call in backward.
    /// Where one body holds all uses, [`with`](Sharing::with) does the same without them, and its memory is freed
    /// earlier. What is kept in the body of a `with`, or in a step of a `scan`, belongs to that, and is used there.
    /// Outside of a call it raises [`Error::Escaped`](crate::Error::Escaped), and so does a use after its end.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let w: Param<Shape![2]> = Cpu.tensor([3.0, 4.0]).into();
    /// let (loss, g) = w.value_and_grad(|w| {
    ///     let hidden = (w * 2.0).keep();
    ///     let (scores, penalty) = (hidden.sum(), hidden.square().mean()); // two outputs that share a part
    ///     scores + penalty * 0.5
    /// })?;
    /// assert_eq!((loss, g.as_slice()), (39.0, &[8.0, 10.0][..]));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn keep(self) -> Local<Self::S, Self::E, Self::D>
    where
        Self::E: Real,
        Self::N: Node<Self::E>,
    {
        keep(self.ex())
    }

    /// Erases the type of everything below: the result has a short type, for one allocation and one virtual call in
    /// backward. The value is computed here. Use it between blocks when graphs grow beyond what compiles quickly.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 2.0]);
    /// let mut y = (&x * 1.0).boxed();
    /// for _ in 0..3 {
    ///     y = (y * 2.0).boxed(); // one type, however often
    /// }
    /// assert_eq!(y.eval().as_slice(), [8.0, 16.0]);
    /// ```
    fn boxed(self) -> Boxed<Self::S, Self::E, Self::D>
    where
        Self::E: Real,
        Self::N: Node<Self::E>,
    {
        let x = self.ex();
        let out = x.materialise();
        Ex::new(Op::new(out, x.shape, Erasure::new(x.node, x.shape)), x.shape, x.device)
    }

    /// The value without its gradient: `y = x`, `dx = 0`. Everything below is pruned from the backward at compile time.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let w: Param<Shape![2]> = Cpu.tensor([3.0, 4.0]).into();
    /// let (_, g) = w.value_and_grad(|w| (w * w.stop_gradient()).sum())?;
    /// assert_eq!(g.as_slice(), [3.0, 4.0]); // not [6, 8]
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn stop_gradient(self) -> Ex<Self::S, Self::E, Self::D, Stopped<Self::N>>
    where
        Self::E: Real,
        Self::N: Lazy<Self::E>,
    {
        let x = self.ex();
        Ex::new(Stopped(x.node), x.shape, x.device)
    }
}
impl<X: Operand> Sharing for X {}

/// A loop over layers of one type: see [`scan`](crate::model::Forward::scan).
pub struct Scan<S, E: Real, X, B> {
    x: X,
    shape: S,
    steps: Vec<(Owner<E>, B, Taken)>,
    /// A gradient of the first step's value goes on to `x`.
    reaches_x: bool,
}

/// What [`scan`](crate::model::Forward::scan) gives.
pub type Scanned<X, B> = Ex<
    <X as Operand>::S,
    <X as Operand>::E,
    <X as Operand>::D,
    Op<
        <X as Operand>::S,
        <X as Operand>::E,
        Scan<<X as Operand>::S, <X as Operand>::E, <X as Operand>::N, <B as Operand>::N>,
    >,
>;

/// Keeps the steps that a gradient can reach: what a step depends on says so, not the form of the layers, because the
/// input may be differentiated through frozen layers, and a step may use parameters of another model.
#[track_caller]
pub(crate) fn scan<I, X, B>(
    layers: impl IntoIterator<Item = I>,
    x: X,
    step: impl Fn(I, Local<X::S, X::E, X::D>) -> B,
) -> Scanned<X, B>
where
    X: Operand<E: Real, N: Node<X::E>>,
    B: Operand<S = X::S, E = X::E, D = X::D, N: Node<X::E>>,
{
    let Ex { node, shape, device, .. } = x.ex();
    let mut value = materialise(device, &node, shape);
    let mut live = node.live();
    let (mut steps, mut reaches_x) = (Vec::new(), live);
    for layer in layers {
        let owner = Owner::new(value);
        let keeping = Keeping::open();
        let body = step(layer, Local::new(owner.key(), live, shape, device)).ex();
        let kept = keeping.close();
        same_sizes("scan", shape, body.shape);
        value = body.materialise();
        if owner.key().is_cut() {
            cut_below(&steps, reaches_x.then_some(&node));
        }
        live = body.node.live();
        if live {
            steps.push((owner, body.node, kept));
        } else {
            steps.clear();
            reaches_x = false;
        }
    }
    Ex::new(Op::new(value, shape, Scan { x: node, shape, steps, reaches_x }), shape, device)
}

impl<S: Shape, E: Real, X: Lazy<E>, B: Lazy<E>> Behind<E> for Scan<S, E, X, B> {
    type Grad = <X::Grad as Flag>::Or<B::Grad>;
    fn live(&self) -> bool {
        self.reaches_x || !self.steps.is_empty()
    }
    fn cut(&self) {
        cut_below(&self.steps, self.reaches_x.then_some(&self.x));
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        to.push(Input::of::<E, _>(X::origin(this.map(|scan| &scan.x)), this.map(|scan| scan.shape), Reads::RowMajor));
    }
    fn call(this: Option<&Self>, _: &Dims) -> Call {
        let mut of = Vec::new();
        Self::inputs(this, &mut of);
        Call { name: "scan", kind: Work::Layers, of, flops: None }
    }
}

impl<S: Shape, E: Real, X: Differentiable<E>, B: Differentiable<E>> Pullback<E> for Scan<S, E, X, B> {
    fn pull<D: Device>(self, device: D, gradient: Buf<E>, _: Buf<E>) {
        self.back(device, gradient);
    }
}

impl<S: Shape, E: Real, X: Differentiable<E>, B: Differentiable<E>> Scan<S, E, X, B> {
    /// Backward through the steps that are left. Where one puts work off, so is what comes after it.
    fn back<D: Device>(mut self, device: D, mut gradient: Buf<E>) {
        while let Some((owner, body, kept)) = self.steps.pop() {
            let before = Before::now();
            body.accept(device, self.shape, gradient);
            kept.backward(&before);
            if !before.is_done() {
                return before.then(move || {
                    if let Some(gradient) = owner.key().take_gradient() {
                        self.back(device, gradient);
                    }
                });
            }
            match owner.key().take_gradient() {
                Some(next) => gradient = next,
                None => return,
            }
        }
        if self.reaches_x {
            self.x.accept(device, self.shape, gradient);
        }
    }
}

/// The value after these steps became a tensor: see [`Lazy::cut`].
fn cut_below<E: Real, X: Lazy<E>, B: Lazy<E>>(steps: &[(Owner<E>, B, Taken)], x: Option<&X>) {
    for (owner, body, kept) in steps.iter().rev() {
        body.cut();
        kept.note_cuts();
        if !owner.key().is_cut() {
            return;
        }
    }
    if let Some(x) = x {
        x.cut();
    }
}
