//! Tensors of given values: one everywhere, slices, iterators, closures, literals.

use super::index::{self, IndexShape};
use super::sized::sized;
use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::Elem;
use crate::error::{Error, OrRaise, try_room};
use crate::layout::count;
use crate::shape::{Prepend, Prepended, Shape, ShapeValue};
use crate::tensor::{Literal, Nested, Tensor};

/// The index of an element: one number an axis.
type IndexOf<S> = <<S as ShapeValue>::Own as IndexShape>::Index;

/// Creation of tensors on a device.
pub trait Create: Device {
    /// `f32` zeros of a static shape.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.zeros::<Shape![2, 2]>().as_slice(), [0.0; 4]);
    /// ```
    #[track_caller]
    fn zeros<S: Shape + Default>(self) -> Tensor<S, f32, Self> {
        self.zeros_of(S::default())
    }

    /// `f32` ones of a static shape.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.ones::<Shape![3]>().as_slice(), [1.0; 3]);
    /// ```
    #[track_caller]
    fn ones<S: Shape + Default>(self) -> Tensor<S, f32, Self> {
        self.full(S::default(), 1.0)
    }

    /// The same as [`zeros`](Create::zeros): memory has no unwritten state here, as it has in NumPy's `empty`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.empty::<Shape![2]>().as_slice(), [0.0; 2]);
    /// ```
    #[track_caller]
    fn empty<S: Shape + Default>(self) -> Tensor<S, f32, Self> {
        self.zeros()
    }

    /// Zeros of any shape and element type; `false` for `bool`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let x: Tensor<(Batch, D<3>), f64> = Cpu.zeros_of((Batch(2), D::<3>));
    /// assert_eq!(Cpu.zeros_of::<i64, _>((Batch(2),)).as_slice(), [0, 0]);
    /// assert_eq!(x.as_slice(), [0.0; 6]);
    /// ```
    #[track_caller]
    fn zeros_of<E: Elem, S: ShapeValue<Own: Shape>>(self, shape: S) -> Tensor<S, E, Self> {
        Tensor { buf: self.zeroed(count(shape.own())), shape, device: self }
    }

    /// Ones of any shape and element type; `true` for `bool`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// assert_eq!(Cpu.ones_of::<i64, _>((Batch(2),)).as_slice(), [1, 1]);
    /// ```
    #[track_caller]
    fn ones_of<E: Elem, S: ShapeValue<Own: Shape>>(self, shape: S) -> Tensor<S, E, Self> {
        self.full(shape, E::of_i64(1))
    }

    /// The same as [`zeros_of`](Create::zeros_of): memory has no unwritten state here.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.empty_of::<u8, _>((D::<2>,)).as_slice(), [0, 0]);
    /// ```
    #[track_caller]
    fn empty_of<E: Elem, S: ShapeValue<Own: Shape>>(self, shape: S) -> Tensor<S, E, Self> {
        self.zeros_of(shape)
    }

    /// One value everywhere; any shape, any element type.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let x = Cpu.full((Batch(2), D::<3>), 7i64);
    /// assert_eq!(x.as_slice(), [7; 6]);
    /// ```
    #[track_caller]
    fn full<S: ShapeValue<Own: Shape>, E: Elem>(self, shape: S, value: E) -> Tensor<S, E, Self> {
        Tensor { buf: self.filled(count(shape.own()), value), shape, device: self }
    }

    /// Element number `i`, in row-major order, is `f(i)`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.from_fn((D::<2>, D::<2>), |i| i as f64);
    /// assert_eq!(x.as_slice(), [0.0, 1.0, 2.0, 3.0]);
    /// ```
    #[track_caller]
    fn from_fn<S: ShapeValue<Own: Shape>, E: Elem>(self, shape: S, f: impl FnMut(usize) -> E) -> Tensor<S, E, Self> {
        let values = Buf::from_fn(count(shape.own()), f);
        // A device of its own memory takes a copy; the host keeps the buffer.
        let buf = self.adopt(values);
        Tensor { buf, shape, device: self }
    }

    /// The element at each index, which comes as an array: `[row, column]`.
    ///
    /// Indices come in row-major order; a scalar is asked for `[]`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.from_index_fn((D::<2>, D::<3>), |[row, column]| 10 * row as i64 + column as i64);
    /// assert_eq!(x.as_slice(), [0, 1, 2, 10, 11, 12]);
    /// ```
    #[track_caller]
    fn from_index_fn<S, E>(self, shape: S, mut f: impl FnMut(IndexOf<S>) -> E) -> Tensor<S, E, Self>
    where
        S: ShapeValue<Own: IndexShape>,
        E: Elem,
    {
        let (dims, mut at) = (shape.own().dims(), IndexOf::<S>::default());
        self.from_fn(shape, |_| {
            let value = f(at);
            index::advance(at.as_mut(), &dims);
            value
        })
    }

    /// The values of a slice in row-major order.
    ///
    /// # Errors
    /// [`Error::Length`] when the shape holds another number of elements.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.from_slice((D::<2>, D::<2>), &[1.0f32, 2.0, 3.0, 4.0])?;
    /// assert_eq!(x.as_slice()[3], 4.0);
    /// let error = Cpu.from_slice((D::<2>, D::<3>), &[1.0f32]).unwrap_err();
    /// assert_eq!(error.to_string(), "shape (D<2>, D<3>) holds 6 elements, got 1");
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn from_slice<S: ShapeValue<Own: Shape>, E: Elem>(
        self,
        shape: S,
        values: &[E],
    ) -> Result<Tensor<S, E, Self>, Error> {
        let own = shape.own();
        match own.checked_len() {
            Some(len) if len == values.len() => Ok(Tensor { buf: self.upload(values), shape, device: self }),
            Some(_) => Err(Error::length(own, values.len())),
            None => Err(Error::too_large(own)),
        }
    }

    /// The values of a vector in row-major order.
    ///
    /// On the CPU the tensor takes the vector's memory over, without a copy; [`Tensor::into_vec`] gives it back.
    ///
    /// # Errors
    /// [`Error::Length`] when the shape holds another number of elements.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.from_vec((D::<2>,), vec![1u8, 2])?;
    /// assert_eq!(x.as_slice(), [1, 2]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn from_vec<S: ShapeValue<Own: Shape>, E: Elem>(
        self,
        shape: S,
        values: Vec<E>,
    ) -> Result<Tensor<S, E, Self>, Error> {
        let own = shape.own();
        match own.checked_len() {
            Some(len) if len == values.len() => {
                Ok(Tensor { buf: self.adopt(Buf::adopted(values)), shape, device: self })
            }
            Some(_) => Err(Error::length(own, values.len())),
            None => Err(Error::too_large(own)),
        }
    }

    /// The values of an iterator in row-major order.
    ///
    /// # Errors
    /// [`Error::Length`] when it has another number of elements than the shape. The number is exact where the iterator
    /// tells its upper bound; of one that may be endless, it is the first number that is too large.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let squares = Cpu.from_iter((D::<4>,), (0..4).map(|i| i * i))?;
    /// assert_eq!(squares.as_slice(), [0, 1, 4, 9]);
    /// assert!(Cpu.from_iter((D::<4>,), 0..).is_err());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn from_iter<S: ShapeValue<Own: Shape>, E: Elem>(
        self,
        shape: S,
        values: impl IntoIterator<Item = E>,
    ) -> Result<Tensor<S, E, Self>, Error> {
        let len = shape.own();
        let wanted = len.checked_len().ok_or_else(|| Error::too_large(len))?;
        let mut values = values.into_iter();
        let mut all = try_room(values.size_hint().0.min(wanted))?;
        all.extend(values.by_ref().take(wanted));
        let surplus = match values.size_hint() {
            (_, Some(_)) => values.count(),
            (_, None) => usize::from(values.next().is_some()),
        };
        if surplus > 0 {
            return Err(Error::length(len, wanted + surplus));
        }
        self.from_vec(shape, all)
    }

    /// Nested arrays: `f32` for floating-point literals, `i64` for integers; a jagged one does not compile.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x: Tensor<Shape![2, 2]> = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// let labels: Tensor<Shape![3], i64> = Cpu.tensor([0, 2, 1]);
    /// ```
    #[track_caller]
    fn tensor<L: Literal>(self, literal: L) -> Tensor<L::Shape, L::Elem, Self>
    where
        L::Shape: Default,
    {
        let mut values = Vec::new();
        literal.flatten(&mut values);
        self.from_slice(L::Shape::default(), &values).or_raise()
    }

    /// Nested arrays of any element type.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor_of::<f64, _>([[1.0, 2.0]]);
    /// let mask = Cpu.tensor_of::<bool, _>([true, false]);
    /// ```
    #[track_caller]
    fn tensor_of<E: Elem, L: Nested<E>>(self, literal: L) -> Tensor<L::Shape, E, Self>
    where
        L::Shape: Default,
    {
        let mut values = Vec::new();
        literal.flatten(&mut values);
        self.from_slice(L::Shape::default(), &values).or_raise()
    }

    /// Rows whose number only the run knows: `axis` is the constructor of the leading dim.
    ///
    /// A dim that does not have the number of the rows is an [`Error::Shape`], which the nearest
    /// [`attempt`](crate::attempt) returns.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let x = Cpu.rows(Batch, vec![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// assert_eq!(x.shape(), (Batch(3), D::<2>));
    /// ```
    #[track_caller]
    fn rows<A: Dim, L: Literal>(
        self,
        axis: impl FnOnce(usize) -> A,
        rows: Vec<L>,
    ) -> Tensor<Prepended<L::Shape, A>, L::Elem, Self>
    where
        L::Shape: Default + Prepend<A>,
    {
        let axis = sized(axis, rows.len()).or_raise();
        let mut values = Vec::new();
        rows.into_iter().for_each(|row| row.flatten(&mut values));
        self.from_slice(L::Shape::default().prepend(axis), &values).or_raise()
    }

    /// Rows whose number and length only the run knows, as lists of lists hold them: `rows` and `columns` are the
    /// constructors of the two dims.
    ///
    /// # Errors
    /// [`Error::Empty`] of no rows, whose length nobody knows; [`Error::Value`] where a row is longer or shorter than
    /// the first; [`Error::Shape`] where a dim has another size.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Rows = ?, Columns = ? }
    /// let table = vec![vec![1.0, 2.0, 3.0], vec![4.0, 5.0, 6.0]];
    /// let x: Tensor<(Rows, Columns), f64> = Cpu.from_rows(Rows, Columns, &table)?;
    /// assert_eq!((x.shape(), x.as_slice()[3]), ((Rows(2), Columns(3)), 4.0));
    /// let error = Cpu.from_rows(Rows, Columns, &[vec![1], vec![2, 3]]).unwrap_err();
    /// assert!(error.to_string().starts_with("from_rows: 2 elements in row 1 beside 1 in row 0"));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn from_rows<E: Elem, A: Dim, B: Dim>(
        self,
        rows: impl FnOnce(usize) -> A,
        columns: impl FnOnce(usize) -> B,
        values: &[impl AsRef<[E]>],
    ) -> Result<Tensor<(A, B), E, Self>, Error> {
        let length = |row: usize| values[row].as_ref().len();
        if values.is_empty() {
            return Err(Error::Empty { what: "the list of rows".into() });
        }
        if let Some(row) = (1..values.len()).find(|&row| length(row) != length(0)) {
            let found = format!("{} elements in row {row} beside {} in row 0", length(row), length(0));
            return Err(Error::Value { what: "from_rows", found, rule: "rows are equally long" });
        }
        let shape = (sized(rows, values.len())?, sized(columns, length(0))?);
        let mut all = try_room(values.len().saturating_mul(length(0)))?;
        values.iter().for_each(|row| all.extend_from_slice(row.as_ref()));
        self.from_vec(shape, all)
    }
}
impl<D: Device> Create for D {}
