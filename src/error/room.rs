//! Vectors whose length a caller, a size or data name: memory that is not there is an error.
//!
//! Apart from the errors because `Vec` itself answers by a panic, or by ending the process.

use super::attempt::OrRaise;
use super::kinds::Error;

/// An empty vector with room for `len` values; [`Error::TooLarge`] where there is none.
pub(crate) fn try_room<T>(len: usize) -> Result<Vec<T>, Error> {
    let mut values = Vec::new();
    match values.try_reserve_exact(len) {
        Ok(()) => Ok(values),
        Err(_) => Err(Error::no_room(len, size_of::<T>())),
    }
}

/// [`try_room`] that raises its error.
#[track_caller]
pub(crate) fn room<T>(len: usize) -> Vec<T> {
    try_room(len).or_raise()
}

/// All values of an iterator that has at most `len`; no room for so many raises [`Error::TooLarge`].
#[track_caller]
pub(crate) fn collected<T>(len: usize, values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut all = room(len);
    all.extend(values.into_iter().take(len));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_collected_where_there_is_room() {
        assert_eq!(collected(3, 0..), [0, 1, 2]);
        for len in [1 << 50, 1 << 61, usize::MAX] {
            assert!(matches!(try_room::<i64>(len), Err(Error::TooLarge { .. })), "{len}");
            assert!(crate::attempt(|| collected(len, std::iter::repeat(1.0))).is_err(), "{len}");
        }
    }
}
