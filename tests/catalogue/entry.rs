//! Every row of every table as a value: its operation over real tensors of either element type, and its bare formula.
//!
//! Apart from the tests because each operation is compiled here once, behind closures, whatever many tests do with it.

use congruent::graph::{Boxed, Node, Operand};
use congruent::num::Scalar;
use congruent::ops::{self, Pointwise1, Pointwise2, Pointwise3, Row, Visitor};
use congruent::prelude::*;

dims! {
    /// The length of test vectors.
    pub Len = ?,
    /// The rows of test matrices.
    pub Rows = ?,
    /// The columns of test matrices.
    pub Columns = ?,
}

/// What an operation gave, and the gradient of each operand for the cotangent that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    /// The values.
    pub(crate) values: Vec<f64>,
    /// One gradient an operand.
    pub(crate) gradients: Vec<Vec<f64>>,
}

/// Operands and cotangent in, outcome out: through tensors, `value_and_grad` and a fused loop each way.
pub(crate) type Run = Box<dyn Fn(&[Vec<f64>], &[f64]) -> Outcome>;

/// A row and what can be done with it.
pub(crate) struct Entry {
    /// The row.
    pub(crate) row: Row,
    /// The values over `f32`. No gradients: these are the same code for both types, and compiling them takes a minute.
    pub(crate) single: Box<dyn Fn(&[Vec<f64>]) -> Vec<f64>>,
    /// Values and gradients over `f64`.
    pub(crate) double: Run,
    /// The slopes of one point over `f32`, by the formula itself.
    pub(crate) slopes: Box<dyn Fn(&[f64]) -> Vec<f64>>,
    /// The formula with plain numbers, none of the library's loops and polynomials.
    pub(crate) formula: Box<dyn Fn(&[f64]) -> f64>,
    /// Values of broadcast operands, over `f64`: one list for each way to broadcast.
    pub(crate) stretched: Box<dyn Fn(Matrix<'_>) -> Vec<Stretched>>,
}

/// The sizes and the operands of a broadcast: a whole matrix each, of which stretched operands use the beginning.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    /// Rows and columns.
    pub(crate) size: (usize, usize),
    /// One matrix an operand.
    pub(crate) operands: &'a [Vec<f64>],
}

/// How an operand lies in a matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    /// As it is.
    Whole,
    /// One row, for all rows.
    Row,
    /// One column, for all columns.
    Column,
    /// One number.
    Scalar,
}

/// The values of an operation whose operands were broadcast like this.
pub(crate) struct Stretched {
    /// The form of each operand.
    pub(crate) forms: Vec<Form>,
    /// The values.
    pub(crate) values: Vec<f64>,
}

/// All rows of all tables. A new table is named here once; rows are never named.
pub(crate) fn catalogue() -> Vec<Entry> {
    catalogue_on(Cpu)
}

/// The same with tensors of a device.
pub(crate) fn catalogue_on<D: Device>(device: D) -> Vec<Entry> {
    let mut entries = Entries(Vec::new(), device);
    ops::every_table(&mut entries);
    entries.0
}

struct Entries<D>(Vec<Entry>, D);

impl<D: Device> Visitor for Entries<D> {
    fn unary<Op: Pointwise1>(&mut self, row: &Row, op: Op) {
        let device = self.1;
        self.0.push(Entry {
            row: *row,
            single: Box::new(move |x| wide(&ops::unary(op, &vector::<f32, D>(device, &x[0])).eval().to_vec())),
            double: Box::new(move |x, cotangent| run1(device, x, cotangent, &|x| ops::unary(op, x).boxed())),
            slopes: Box::new(move |x| {
                let (_, dx) = op.with_derivative(Scalar(x[0] as f32));
                vec![f64::from(dx.0)]
            }),
            formula: Box::new(move |x| op.value(x[0])),
            stretched: Box::new(|_| Vec::new()),
        });
    }
    fn binary<Op: Pointwise2>(&mut self, row: &Row, op: Op) {
        let device = self.1;
        self.0.push(Entry {
            row: *row,
            single: Box::new(move |x| {
                let [x, y] = [0, 1].map(|operand| vector::<f32, D>(device, &x[operand]));
                wide(&ops::binary(op, &x, &y).eval().to_vec())
            }),
            double: Box::new(move |x, cotangent| run2(device, x, cotangent, &|(x, y)| ops::binary(op, x, y).boxed())),
            slopes: Box::new(move |x| {
                let (_, dx, dy) = op.with_derivative(Scalar(x[0] as f32), Scalar(x[1] as f32));
                vec![f64::from(dx.0), f64::from(dy.0)]
            }),
            formula: Box::new(move |x| op.value(x[0], x[1])),
            stretched: Box::new(move |matrix| stretch2(device, op, matrix)),
        });
    }
    fn ternary<Op: Pointwise3>(&mut self, row: &Row, op: Op) {
        let device = self.1;
        self.0.push(Entry {
            row: *row,
            single: Box::new(move |x| {
                let [x, y, z] = [0, 1, 2].map(|operand| vector::<f32, D>(device, &x[operand]));
                wide(&ops::ternary(op, &x, &y, &z).eval().to_vec())
            }),
            double: Box::new(move |x, cotangent| {
                run3(device, x, cotangent, &|(x, y, z)| ops::ternary(op, x, y, z).boxed())
            }),
            slopes: Box::new(move |x| {
                let (_, dx, dy, dz) = op.with_derivative(Scalar(x[0] as f32), Scalar(x[1] as f32), Scalar(x[2] as f32));
                vec![f64::from(dx.0), f64::from(dy.0), f64::from(dz.0)]
            }),
            formula: Box::new(move |x| op.value(x[0], x[1], x[2])),
            stretched: Box::new(move |matrix| stretch3(device, op, matrix)),
        });
    }
}

/// The entry of one unary operation that no table shows with these constants.
pub(crate) fn entry_of(name: &'static str, op: impl Pointwise1) -> Entry {
    let mut entries = Entries(Vec::new(), Cpu);
    let row =
        Row { name, op: name, formula: "", docs: "", samples: &[(0.0, 1.0)], constants: &[], kinks: &[], flat: false };
    entries.unary(&row, op);
    entries.0.remove(0)
}

type Vector<E, D> = Tensor<(Len,), E, D>;
type Weight<D> = Param<(Len,), Weights<f64, D>>;
type Variable<D> = Param<(Len,), Traced<f64, D>>;
type Erased<D> = Boxed<(Len,), f64, D>;

fn vector<E: Real, D: Device>(device: D, values: &[f64]) -> Vector<E, D> {
    device.from_fn((Len(values.len()),), |i| E::of_f64(values[i]))
}

fn wide<E: Real>(values: &[E]) -> Vec<f64> {
    values.iter().map(|&value| value.as_f64()).collect()
}

/// `Σ y · cotangent`, whose gradients are the cotangent times the slopes; and the values of `y`.
fn weigh<D: Device>(
    y: Erased<D>,
    cotangent: &[f64],
) -> (impl Operand<S = (), E = f64, D = D, N: Node<f64>> + use<D>, Vec<f64>) {
    let (mut values, cotangent) = (Vec::new(), vector::<f64, D>(y.device(), cotangent));
    let loss = y.with(|y| {
        values = y.eval().to_vec();
        (y * &cotangent).sum()
    });
    (loss, values)
}

fn run1<D: Device>(device: D, x: &[Vec<f64>], cotangent: &[f64], op: &dyn Fn(Variable<D>) -> Erased<D>) -> Outcome {
    let model: Weight<D> = vector(device, &x[0]).into();
    let (_, gradient, values) = model.value_grad_and(|x| weigh(op(x), cotangent)).expect("sizes agree");
    Outcome { values, gradients: vec![gradient.tensor().to_vec()] }
}

fn run2<D: Device>(
    device: D,
    x: &[Vec<f64>],
    cotangent: &[f64],
    op: &dyn Fn((Variable<D>, Variable<D>)) -> Erased<D>,
) -> Outcome {
    let model: (Weight<D>, Weight<D>) = (vector(device, &x[0]).into(), vector(device, &x[1]).into());
    let (_, (dx, dy), values) = model.value_grad_and(|x| weigh(op(x), cotangent)).expect("sizes agree");
    Outcome { values, gradients: [dx, dy].map(|gradient| gradient.tensor().to_vec()).into() }
}

fn run3<D: Device>(
    device: D,
    x: &[Vec<f64>],
    cotangent: &[f64],
    op: &dyn Fn((Variable<D>, Variable<D>, Variable<D>)) -> Erased<D>,
) -> Outcome {
    let [a, b, c] = [0, 1, 2].map(|operand| vector(device, &x[operand]));
    let model: (Weight<D>, Weight<D>, Weight<D>) = (a.into(), b.into(), c.into());
    let (_, (dx, dy, dz), values) = model.value_grad_and(|x| weigh(op(x), cotangent)).expect("sizes agree");
    Outcome { values, gradients: [dx, dy, dz].map(|gradient| gradient.tensor().to_vec()).into() }
}

impl Matrix<'_> {
    fn whole<D: Device>(self, device: D, operand: usize) -> Tensor<(Rows, Columns), f64, D> {
        device.from_fn((Rows(self.size.0), Columns(self.size.1)), |i| self.operands[operand][i])
    }
    fn row<D: Device>(self, device: D, operand: usize) -> Tensor<(Columns,), f64, D> {
        device.from_fn((Columns(self.size.1),), |i| self.operands[operand][i])
    }
    fn column<A: Device>(self, device: A, operand: usize) -> Tensor<(Rows, D<1>), f64, A> {
        device.from_fn((Rows(self.size.0), D::<1>), |i| self.operands[operand][i])
    }
    fn scalar<D: Device>(self, device: D, operand: usize) -> Tensor<(), f64, D> {
        device.full((), self.operands[operand][0])
    }

    /// The element of an operand of this form that stands at a place of the result.
    pub(crate) fn element(self, operand: usize, form: Form, place: usize) -> f64 {
        let (row, column) = (place / self.size.1, place % self.size.1);
        self.operands[operand][match form {
            Form::Whole => place,
            Form::Row => column,
            Form::Column => row,
            Form::Scalar => 0,
        }]
    }
}

fn stretch2<D: Device, Op: Pointwise2>(device: D, op: Op, m: Matrix<'_>) -> Vec<Stretched> {
    use Form::{Column, Row, Scalar, Whole};
    let (x, row, column, scalar) = (m.whole(device, 0), m.row(device, 1), m.column(device, 1), m.scalar(device, 1));
    let found = |forms: [Form; 2], values: Vec<f64>| Stretched { forms: forms.to_vec(), values };
    vec![
        found([Whole, Row], ops::binary(op, &x, &row).eval().to_vec()),
        found([Whole, Column], ops::binary(op, &x, &column).eval().to_vec()),
        found([Whole, Scalar], ops::binary(op, &x, &scalar).eval().to_vec()),
        found([Column, Row], ops::binary(op, &m.column(device, 0), &row).eval().to_vec()),
    ]
}

fn stretch3<D: Device, Op: Pointwise3>(device: D, op: Op, m: Matrix<'_>) -> Vec<Stretched> {
    use Form::{Column, Row, Scalar, Whole};
    let x = m.whole(device, 0);
    let found = |forms: [Form; 3], values: Vec<f64>| Stretched { forms: forms.to_vec(), values };
    vec![
        found([Whole, Column, Row], ops::ternary(op, &x, &m.column(device, 1), &m.row(device, 2)).eval().to_vec()),
        found(
            [Whole, Scalar, Column],
            ops::ternary(op, &x, &m.scalar(device, 1), &m.column(device, 2)).eval().to_vec(),
        ),
    ]
}
