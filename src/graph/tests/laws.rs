//! The laws that hold of a single node, whatever it computes: how it says that it lies is how its loops find it.
//!
//! Apart from what they are held against, which is many times more.

use super::plain::{elements, pull, same, values};
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
use crate::graph::node::{reverse, reverse_dense};
use crate::graph::{Behind, Differentiable, Ex, Input, Lazy, Memory, Op, Pullback, Reads, Seed};
use crate::layout::{Axes, MAX_AXES, Region, Strided};
use crate::loops::{Frame, Survey};
use crate::shape::Shape;

/// Loops over each axis for itself: right for every node, whatever it says of its operands.
fn finest<S: Shape>(region: &Region) -> Frame {
    let mut survey = Survey::new(region, S::Stretches::ON);
    // No size makes one of these a multiple of the other.
    survey.operand(&std::array::from_fn(|axis| [3, 7][axis % 2]), None);
    survey.frame()
}

fn surveyed<E: Elem, S: Shape>(node: &impl Lazy<E>, region: &Region) -> Frame {
    let mut survey = Survey::new(region, S::Stretches::ON);
    node.survey(&mut survey);
    survey.frame()
}

/// The frames that a node may be bound to, each with its name: at least one axis by axis, and what it asks for.
fn frames<E: Elem, S: Shape>(node: &impl Lazy<E>, shape: S) -> Vec<(&'static str, Frame)> {
    let region = Region::of(shape);
    let flat = node.flat(shape).then(|| ("flat", Frame::flat(region.len, 1)));
    let frames = [("axis by axis", finest::<S>(&region)), ("as surveyed", surveyed::<E, S>(node, &region))];
    frames.into_iter().chain(flat).collect()
}

#[track_caller]
fn assert_same<E: Elem>(what: &str, found: &[E], expected: &[E]) {
    assert_eq!(found.len(), expected.len(), "{what}: so many elements");
    for (place, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        assert!(same(found, expected), "{what}: at {place} {found:?}, axis by axis it is {expected:?}");
    }
}

/// The elements that a node lends, in the order of its shape.
fn lent<E: Elem, S: Shape>(memory: Memory<'_, E>, shape: S) -> Vec<E> {
    let (Axes { size, stride }, elements) = (memory.axes(shape), memory.buf().host());
    let region = Region::of(shape);
    assert_eq!(size, region.size, "memory is lent under the sizes of the node");
    let place = |mut index: usize| {
        let mut place = memory.offset() as isize;
        for axis in (0..MAX_AXES).rev() {
            place += (index % size[axis]) as isize * stride[axis];
            index /= size[axis];
        }
        elements[place as usize]
    };
    (0..region.len).map(place).collect()
}

/// What holds of every node on its way forward. Gives its values.
#[track_caller]
pub(super) fn forward<E: Elem, N: Lazy<E>, S: Shape>(
    what: &str,
    node: &N,
    shape: S,
    run: impl Fn(&Frame, N::Body) -> Vec<E>,
) -> Vec<E> {
    let region = Region::of(shape);
    let expected = run(&finest::<S>(&region), node.bind(&finest::<S>(&region), &region.size));
    for (name, frame) in frames(node, shape) {
        assert_eq!(frame.len(), region.len, "{what}, {name}: the frame covers the region");
        assert_same(&format!("{what}, {name}"), &run(&frame, node.bind(&frame, &region.size)), &expected);
    }
    if let Some(memory) = node.memory() {
        assert_same(&format!("{what}, as it is lent"), &lent(memory, shape), &expected);
    }
    assert!(N::Grad::ON || !node.live(), "{what}: alive, where the type says that no gradient comes");
    expected
}

/// The same of floats.
#[track_caller]
pub(super) fn forward_of_floats<E: Real, N: Lazy<E>, S: Shape>(what: &str, node: &N, shape: S) -> Vec<E> {
    forward(what, node, shape, |frame, body| values(frame, body))
}

/// The same of others, which may have no value at a place: at the same one in all loops.
#[track_caller]
pub(super) fn forward_of_others<E: Elem, N: Lazy<E>, S: Shape>(what: &str, node: &N, shape: S) -> Vec<E> {
    let fault = std::cell::Cell::new(None);
    forward(what, node, shape, |frame, body| {
        let (values, found) = elements(frame, body);
        assert_eq!(fault.replace(Some(found)).unwrap_or(found), found, "{what}: the first place without a value");
        values
    })
}

/// A way back through a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Way {
    /// By [`Differentiable::accept`], which some nodes have of their own.
    Accepted,
    /// By binding the node to the frame of this number, if it has as many.
    Bound(usize),
    /// By a gradient that lies in memory in another order.
    Turned,
}

impl Way {
    pub(super) const ALL: [Way; 5] = [Way::Accepted, Way::Bound(0), Way::Bound(1), Way::Bound(2), Way::Turned];

    /// Hands the gradient to the node.
    pub(super) fn back<E: Real, D: Device, N: Differentiable<E>, S: Shape>(
        self,
        device: D,
        node: N,
        shape: S,
        gradient: Buf<E>,
    ) {
        match self {
            Way::Accepted => node.accept(device, shape, gradient),
            Way::Bound(number) => bound(number, device, node, shape, &gradient),
            Way::Turned => reverse(device, node, shape, turned(device, shape, &gradient)),
        }
    }
}

/// The same gradient in another order of memory, from the last to the first: every stride is negative.
fn turned<E: Real, D: Device, S: Shape>(device: D, shape: S, gradient: &Buf<E>) -> Seed<E> {
    let axes = Axes::contiguous(shape);
    let turned: Vec<E> = device.download(gradient).into_iter().rev().collect();
    let stride = axes.stride.map(|stride| -stride);
    let offset = turned.len().saturating_sub(1);
    Seed::strided(Strided { buf: device.upload(&turned), offset, axes: Axes { stride, ..axes } })
}

/// A node by hand: bound to a frame, run back in plain loops, and told that the loops are done.
fn bound<E: Real, D: Device, N: Differentiable<E>, S: Shape>(
    number: usize,
    device: D,
    node: N,
    shape: S,
    gradient: &Buf<E>,
) {
    if !N::Grad::ON || !node.live() {
        return;
    }
    let region = Region::of(shape);
    let frames = frames(&node, shape);
    let Some((_, frame)) = frames.get(number) else {
        return reverse_dense(device, node, shape, gradient.clone());
    };
    let (body, sink) = node.bind_gradient(device, frame, &region.size);
    let forward = node.bind(frame, &region.size);
    assert_same("bound for its gradient", &values(frame, body), &values(frame, forward));
    let gradient = device.download(gradient);
    pull(frame, body, |row, column| gradient[row * frame.inner + column]);
    node.backward(device, sink);
}

/// A node, and the way that its gradient takes back.
pub(super) struct Judged<N, S> {
    node: N,
    shape: S,
    way: Way,
}

/// The expression itself, once its way forward has been judged: its gradient goes back as it is told to.
#[track_caller]
pub(super) fn judged<S: Shape, E: Real, D: Device, N: Differentiable<E>>(
    what: &str,
    x: Ex<S, E, D, N>,
    way: Way,
) -> Ex<S, E, D, Op<S, E, Judged<N, S>>> {
    let Ex { node, shape, device, .. } = x;
    let values = forward_of_floats(what, &node, shape);
    Ex::new(Op::new(device.upload(&values), shape, Judged { node, shape, way }), shape, device)
}

impl<E: Real, N: Differentiable<E>, S: Shape> Behind<E> for Judged<N, S> {
    type Grad = N::Grad;
    fn live(&self) -> bool {
        self.node.live()
    }
    fn cut(&self) {
        self.node.cut();
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        to.push(Input::of::<E, _>(
            N::origin(this.map(|judged| &judged.node)),
            this.map(|judged| judged.shape),
            Reads::RowMajor,
        ));
    }
}

impl<E: Real, N: Differentiable<E>, S: Shape> Pullback<E> for Judged<N, S> {
    fn pull<D: Device>(self, device: D, gradient: Buf<E>, _: Buf<E>) {
        self.way.back(device, self.node, self.shape, gradient);
    }
}
