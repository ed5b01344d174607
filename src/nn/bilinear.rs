//! The bilinear layer: what two inputs say together.
//!
//! Apart from `linear` because it has two inputs, and so is no layer of a tuple.

use super::features::{check_width, input};
use super::{Bias, Init, InitialBias, Initialiser};
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::{Dim, One, dims};
use crate::dtype::Real;
use crate::error::differ;
use crate::graph::{Boxed, Ex, Kind, Node, Operand, Reshaped, Sharing, Viewed};
use crate::layout::{Axes, Strided, count};
use crate::model::{Forward, Model, Param, Part, Tree, Weights};
use crate::ops::arithmetic::Mul;
use crate::ops::matmul::multiply;
use crate::ops::{NodeOver, Reductions, binary};
use crate::random::Key;
use crate::shape::{EachPair, InFeatures, LastAxis, Mismatch, Shape};
use crate::tensor::Tensor;

dims! {
    /// Examples, over all axes before the features.
    Examples = ?
}

/// `y[o] = x · weight[o] · zᵀ + bias[o]` of two inputs: PyTorch's `nn.Bilinear`.
///
/// Shapes: weight `(O, I, J)`, bias `(O,)`, `(.., I)` and `(.., J)` give `(.., O)`. Names and shapes are PyTorch's. The
/// weight begins by [`Init::DEFAULT`], uniform in `±1 / √I` as in PyTorch, the bias as zero; without bias it is
/// `Bilinear<I, J, O, P, NoBias>`. Beside operands and result it takes memory for `O · J` numbers an example. Of no
/// examples nothing comes, and of no features the bias; a NaN in an input is NaN in its row.
///
/// ```
/// use congruent::{nn::Bilinear, prelude::*};
/// let mut layer = Bilinear::<D<2>, D<3>, D<1>>::new(Key::new(0));
/// layer.visit_mut(|_, _, values| values.fill(1.0));
/// let (x, z) = (Cpu.tensor([[1.0, 2.0]]), Cpu.tensor([[1.0, 2.0, 3.0]]));
/// let y = layer.infer(|m| m.forward(&x, &z).eval())?;
/// assert_eq!(y, Cpu.tensor([[3.0 * 6.0 + 1.0]]));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct Bilinear<I: Dim, J: Dim, O: Dim, P: Part = Weights, B: Tree<P> = Param<(O,), P>> {
    /// A matrix for each output, between the first input and the second one.
    pub weight: Param<(O, I, J), P>,
    /// What is added: a parameter, or [`NoBias`](super::NoBias).
    pub bias: B,
}

impl<I: Dim + Default, J: Dim + Default, O: Dim + Default, B: Tree<Weights>> Bilinear<I, J, O, Weights, B> {
    /// `f32` on the CPU, the weight by [`Init::DEFAULT`], bias zero.
    pub fn new(key: Key) -> Self
    where
        B: InitialBias<O, f32, Cpu>,
    {
        Self::init(Cpu, Init::DEFAULT, key)
    }
}

impl<I, J, O, E: Real, D: Device, B: Tree<Weights<E, D>>> Bilinear<I, J, O, Weights<E, D>, B>
where
    I: Dim + Default,
    J: Dim + Default,
    O: Dim + Default,
{
    /// Any element type, device and initialiser, which counts `I` inputs and `O` outputs; bias zero.
    pub fn init(device: D, init: Init, key: Key) -> Self
    where
        B: InitialBias<O, E, D>,
    {
        Self::sized(device, (I::default(), J::default()), O::default(), init, key)
    }
}

impl<I: Dim, J: Dim, O: Dim, E: Real, D: Device, B: Tree<Weights<E, D>>> Bilinear<I, J, O, Weights<E, D>, B> {
    /// The same for dims whose size only the run knows.
    pub fn sized(device: D, (first, second): (I, J), outputs: O, init: Init, key: Key) -> Self
    where
        B: InitialBias<O, E, D>,
    {
        let fans = (first.size(), outputs.size());
        let weight: Tensor<_, E, D> = device.initialised((outputs, first, second), init, fans, key);
        Bilinear { weight: weight.into(), bias: B::initial(device, outputs) }
    }
}

/// What a bilinear layer gives of a first input `X`.
type Paired<S, O, P> = Boxed<<S as LastAxis>::WithLast<O>, <P as Kind>::Elem, <P as Kind>::Dev>;

impl<I: Dim, J: Dim, O: Dim, P: Part, B: Tree<P>> Bilinear<I, J, O, P, B> {
    /// The outputs of two inputs, row by row.
    ///
    /// Sizes that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
    #[track_caller]
    pub fn forward<X, Z>(self, x: X, z: Z) -> Paired<X::S, O, P>
    where
        P: Forward<Dev: SameDevice<X::D> + SameDevice<Z::D>>,
        X: Operand<S: LastAxis, N: NodeOver<P::Elem, X::E>>,
        Z: Operand<S: LastAxis, N: NodeOver<P::Elem, Z::E>>,
        I: InFeatures<<X::S as LastAxis>::Last>,
        J: InFeatures<<Z::S as LastAxis>::Last>,
        <X::S as LastAxis>::Init: EachPair<<Z::S as LastAxis>::Init>,
        B: Bias<O, P>,
    {
        let device = self.weight.raw.device;
        self.apply(input::<X, P>(x, device), input::<Z, P>(z, device))
    }

    /// [`forward`](Self::forward) of what the compiler has been asked about already.
    #[track_caller]
    fn apply<SX, SZ, NX, NZ>(self, x: Ex<SX, P::Elem, P::Dev, NX>, z: Ex<SZ, P::Elem, P::Dev, NZ>) -> Paired<SX, O, P>
    where
        P: Forward,
        SX: LastAxis,
        SZ: LastAxis,
        NX: Node<P::Elem>,
        NZ: Node<P::Elem>,
        B: Bias<O, P>,
    {
        const LAW: &str = "bilinear layer";
        let (outputs, first, second) = self.weight.shape;
        check_width(LAW, x.shape, (first, outputs));
        check_width(LAW, z.shape, (second, outputs));
        if x.shape.init().dims().as_slice() != z.shape.init().dims().as_slice() {
            differ(Mismatch::new(LAW, x.shape, z.shape));
        }
        let (device, shape, examples) = (x.device, x.shape.with_last(outputs), Examples(count(x.shape.init())));
        let one = One::default();
        let rows = (one, examples, first);
        let x = Ex::new(Reshaped::new(device, x.node, x.shape, rows), rows, device);
        // For each output and example what the second input is multiplied by.
        let factors = multiply(x, self.weight.ex(), (outputs, examples, second));
        let rows = (one, examples, second);
        let z = Ex::<_, P::Elem, _, _>::new(Reshaped::new(device, z.node, z.shape, rows), rows, device);
        let sums = binary(Mul, factors, z).sum_axis::<2>();
        let sizes = [examples.size(), outputs.size()];
        let turned = Viewed::new(device, sums.node, sums.shape, |there: Strided<P::Elem>| Strided {
            axes: Axes::last(sizes, [1, sizes[0] as isize]),
            ..there
        });
        let y = Ex::new(Reshaped::new(device, turned, (examples, outputs), shape), shape, device);
        self.bias.add(LAW, y).boxed()
    }
}
