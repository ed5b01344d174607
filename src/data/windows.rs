//! Windows of a text, for models that say what comes next.
//!
//! Apart from `text`, whose ids they are made of: anything in a row, such as notes or prices in steps, has windows.

use std::sync::Arc;

use super::Dataset;
use crate::device::{Buf, Cpu};
use crate::dims::Dim;
use crate::error::{Error, room};
use crate::tensor::Tensor;

/// Windows of a list of ids: an example is what is read, `T` ids in a row, and what comes next after each of them, the
/// `T` ids that begin one later. A batch is `(read, next)`, both `(B, T)`.
///
/// A window begins at every id, or at every [`stride`](TextWindows::stride)th. `T` may be static or known at run time.
/// Ids are `i64`, or any smaller integer, which takes less memory. Cloning shares it.
///
/// Windows overlap, so a [`split`](Dataset::split) would ask about what was learned by heart: cut the text in two, and
/// make windows of both. Shuffled, an epoch of a [`Loader`](super::Loader) has each window once;
/// [`Drawn`](super::Drawn) takes so many wherever the key says.
///
/// ```
/// use congruent::{data::TextWindows, prelude::*};
/// dims! { Batch = ?, Seq = ? }
///
/// let windows = TextWindows::new(vec![10, 11, 12, 13, 14], Seq(3))?;
/// assert_eq!(windows.len(), 2);
/// let (read, next): (Tensor<(D<2>, Seq), i64>, _) = windows.all()?;
/// assert_eq!(read.as_slice(), [10, 11, 12, 11, 12, 13]);
/// assert_eq!(next.as_slice(), [11, 12, 13, 12, 13, 14]);
///
/// let bytes = TextWindows::new(b"a text".to_vec(), D::<2>)?.stride(2)?; // a-t-x-: ids of one byte each
/// for (read, next) in Loader::new(bytes, Batch(2))?.epoch(Key::new(1)) {
///     let read: Tensor<(Batch, D<2>), i64> = read;
/// }
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TextWindows<T, I = i64> {
    ids: Arc<Vec<I>>,
    length: T,
    stride: usize,
}

/// An id as it is kept: an integer that is an `i64` without loss.
#[diagnostic::on_unimplemented(
    message = "windows are of ids, `{Self}` is none",
    label = "expected `i64`, or a smaller integer",
    note = "characters become ids by `Chars::of(&text).encode(&text)?`; bytes are ids: `text.into_bytes()`"
)]
pub trait TextId: Copy {
    /// The id.
    fn id(self) -> i64;
}

macro_rules! ids {
    ($($I:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl TextId for $I {
            fn id(self) -> i64 {
                self.into()
            }
        }
    )*};
}
ids! { i8 i16 i32 i64 u8 u16 u32 }

impl<T: Dim, I> TextWindows<T, I> {
    /// A window of this length at every id that has so many behind it, and one more.
    ///
    /// # Errors
    /// [`Error::Value`] for a length of 0, and where not one window and the id behind it are there.
    ///
    /// ```
    /// use congruent::{data::TextWindows, prelude::*};
    /// let error = TextWindows::new(vec![1, 2, 3], D::<3>).unwrap_err().to_string();
    /// assert_eq!(error, "length of a window: 3 of 3 ids is not allowed, it is from 1 to one less than there are ids");
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn new(ids: Vec<I>, length: T) -> Result<Self, Error>
    where
        I: TextId,
    {
        let size = length.size();
        if size == 0 || size >= ids.len() {
            let (what, found) = ("length of a window", format!("{size} of {} ids", ids.len()));
            return Err(Error::Value { what, found, rule: "it is from 1 to one less than there are ids" });
        }
        Ok(Self { ids: Arc::new(ids), length, stride: 1 })
    }

    /// From the beginning of a window to that of the next: the length itself, and each id is read once.
    ///
    /// # Errors
    /// [`Error::Value`] for 0.
    ///
    /// ```
    /// use congruent::{data::TextWindows, prelude::*};
    /// let windows = TextWindows::new(vec![0, 1, 2, 3, 4, 5, 6], D::<2>)?.stride(2)?;
    /// let (read, _) = windows.all::<D<3>>()?;
    /// assert_eq!(read.as_slice(), [0, 1, 2, 3, 4, 5]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn stride(self, stride: usize) -> Result<Self, Error> {
        if stride == 0 {
            let (what, rule) = ("stride of windows", "it is at least 1");
            return Err(Error::Value { what, found: "0".to_owned(), rule });
        }
        Ok(Self { stride, ..self })
    }

    /// The ids.
    pub fn ids(&self) -> &[I] {
        &self.ids
    }
}

impl<T: Dim, I: TextId> Dataset for TextWindows<T, I> {
    type Batch<B: Dim> = (Tensor<(B, T), i64>, Tensor<(B, T), i64>);

    fn len(&self) -> usize {
        (self.ids.len() - self.length.size() - 1) / self.stride + 1
    }

    fn batch<B: Dim>(&self, rows: &[usize], size: B) -> Self::Batch<B> {
        assert_eq!(rows.len(), size.size(), "the batch's dim is as long as the list of examples");
        let of = |ahead: usize| {
            let length = self.length.size();
            let mut ids = room(rows.len().saturating_mul(length));
            for &row in rows {
                assert!(row < self.len(), "window {row} of {}", self.len());
                let start = row * self.stride + ahead;
                ids.extend(self.ids[start..start + length].iter().map(|id| id.id()));
            }
            Tensor { buf: Buf::adopted(ids), shape: (size, self.length), device: Cpu }
        };
        (of(0), of(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dims::{D, dims};

    dims! { Batch = ?, Seq = ? }

    /// Every window, as a plain loop has them.
    fn by_hand(count: usize, length: usize, stride: usize) -> Vec<usize> {
        (0..count).step_by(stride).filter(|start| start + length < count).collect()
    }

    #[test]
    fn windows_are_those_of_a_plain_loop() -> Result<(), Error> {
        for count in 2..12 {
            let ids: Vec<u16> = (0..count).map(|i| 100 + i as u16).collect();
            for length in 1..count {
                for stride in 1..14 {
                    let windows = TextWindows::new(ids.clone(), Seq(length))?.stride(stride)?;
                    let starts = by_hand(count, length, stride);
                    assert_eq!(windows.len(), starts.len(), "{length} of {count}, every {stride}");
                    let (read, next) = windows.all::<Batch>()?;
                    assert_eq!(read.shape(), (Batch(starts.len()), Seq(length)));
                    let of =
                        |ahead| starts.iter().flat_map(move |s| (0..length).map(move |i| (100 + s + i + ahead) as i64));
                    assert!(read.as_slice().iter().copied().eq(of(0)) && next.as_slice().iter().copied().eq(of(1)));
                }
            }
        }
        Ok(())
    }

    #[test]
    fn what_has_no_window_is_refused() {
        let words =
            |count: usize, length| TextWindows::new(vec![0u8; count], Seq(length)).expect_err("none").to_string();
        for (count, length) in [(0, 1), (1, 1), (5, 5), (5, 0), (5, usize::MAX)] {
            let start = format!("length of a window: {length} of {count} ids is not allowed");
            assert!(words(count, length).starts_with(&start), "{}", words(count, length));
        }
        let error = TextWindows::new(vec![1, 2, 3], D::<1>).and_then(|windows| windows.stride(0)).expect_err("none");
        assert_eq!(error.to_string(), "stride of windows: 0 is not allowed, it is at least 1");
        let far = TextWindows::new(vec![1, 2, 3], D::<1>).and_then(|windows| windows.stride(usize::MAX));
        assert_eq!(far.expect("one window").len(), 1);
    }
}
