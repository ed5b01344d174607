//! How many elements sizes make.
//!
//! Apart from the shapes because here sizes are numbers: nothing wraps, and what does not fit is `None`.

/// The product of sizes; `None` where those that are not 0 exceed `isize::MAX`.
#[inline]
pub(crate) const fn extent(sizes: &[usize]) -> Option<usize> {
    let (mut product, mut empty, mut i) = (1usize, false, 0);
    while i < sizes.len() {
        empty |= sizes[i] == 0;
        product = match product.checked_mul(if sizes[i] == 0 { 1 } else { sizes[i] }) {
            Some(product) if product <= isize::MAX as usize => product,
            _ => return None,
        };
        i += 1;
    }
    Some(if empty { 0 } else { product })
}

/// The element count, when all sizes are known and it fits.
pub(super) const fn static_len<const RANK: usize>(sizes: [Option<usize>; RANK]) -> Option<usize> {
    let (mut known, mut i) = ([1; RANK], 0);
    while i < RANK {
        known[i] = match sizes[i] {
            Some(size) => size,
            None => return None,
        };
        i += 1;
    }
    extent(&known)
}
