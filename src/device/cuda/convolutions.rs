//! Convolutions on the device, as products of the weight with patches: some pictures at a time.
//!
//! Apart from the windows, whose kernels make the patches and add them up.
#![allow(unsafe_code, reason = "kernels are given raw addresses")]

use super::token::Cuda;
use crate::device::{MatrixWork, Storage};
use crate::dtype::Real;
use crate::loops::{BATCH, Convolution, Place, PoolingWalk, Product};
use crate::memory::Buf;
use std::ops::Range;

/// Elements of the patches of some pictures together.
const PATCHES: usize = 1 << 26;

/// Some pictures of a convolution, and how the matrices of each group lie.
struct Share {
    pictures: Range<usize>,
    convolution: Convolution,
}

impl Share {
    /// All pictures, so many at a time that their patches are not too many; none of a convolution without terms.
    fn all(convolution: &Convolution) -> impl Iterator<Item = Share> + use<> {
        let convolution = *convolution;
        let each = convolution.groups.saturating_mul(convolution.terms()).saturating_mul(convolution.walk.count());
        let (together, batch) = ((PATCHES / each.max(1)).max(1), if each == 0 { 0 } else { convolution.batch });
        (0..batch).step_by(together).map(move |first| {
            let pictures = first..batch.min(first.saturating_add(together));
            Share { pictures, convolution }
        })
    }

    /// The windows of their inputs.
    fn walk(&self) -> PoolingWalk {
        let Convolution { walk, groups, inputs, .. } = self.convolution;
        PoolingWalk { walk, channels: self.pictures.len() * groups * inputs }
    }

    /// The elements of their patches.
    fn patches(&self) -> usize {
        let convolution = &self.convolution;
        self.pictures.len() * convolution.groups * convolution.terms() * convolution.walk.count()
    }

    /// Where the elements of the first one begin among those of all.
    fn first(&self) -> usize {
        let Convolution { walk, groups, inputs, .. } = self.convolution;
        self.pictures.start * groups * inputs * walk.elements()
    }

    fn batch(&self) -> [usize; BATCH] {
        [1, 1, self.pictures.len(), self.convolution.groups]
    }

    /// The weight: a row for each output, a column for each term.
    fn weight(&self) -> Place {
        let (terms, outputs) = (self.convolution.terms() as isize, self.convolution.outputs as isize);
        Place { offset: 0, row: terms, column: 1, batch: [0, 0, 0, outputs * terms] }
    }

    /// Rows of all places, so many for each group, of pictures from number `first` on.
    fn rows(&self, rows: usize, first: usize) -> Place {
        let (count, groups) = (self.convolution.walk.count(), self.convolution.groups);
        let (group, picture) = (rows * count, groups * rows * count);
        Place {
            offset: first * picture,
            row: count as isize,
            column: 1,
            batch: [0, 0, picture as isize, group as isize],
        }
    }

    /// The patches: a row for each term.
    fn columns(&self) -> Place {
        self.rows(self.convolution.terms(), 0)
    }

    /// The results, or their gradients: a row for each output.
    fn results(&self) -> Place {
        self.rows(self.convolution.outputs, self.pictures.start)
    }
}

/// The matrix with its rows as columns.
fn transposed(place: Place) -> Place {
    Place { row: place.column, column: place.row, ..place }
}

impl<const ORDINAL: usize> Cuda<ORDINAL> {
    /// The patches of some pictures, whose length was asked for.
    #[track_caller]
    fn patches<E: Real>(self, share: &Share, x: &Buf<E>) -> Buf<E> {
        let patches = self.unwritten::<E>(share.patches());
        let from = self.address(x) + (share.first() * size_of::<E>()) as u64;
        // SAFETY: the pictures are some of those there, and there are as many patches.
        unsafe { self.windows::<E>("unfold", &share.walk(), patches.len(), [from, 0, 0, self.address(&patches)]) }
        patches
    }

    /// The convolution of pictures by a weight.
    #[track_caller]
    pub(super) fn convolved<E: Real>(self, convolution: &Convolution, x: &Buf<E>, weight: &Buf<E>) -> Buf<E> {
        let len = convolution.lens()[2];
        let mut out = if convolution.terms() == 0 { self.zeroed(len) } else { self.unwritten(len) };
        let [m, k, n] = [convolution.outputs, convolution.terms(), convolution.walk.count()];
        for share in Share::all(convolution) {
            let patches = self.patches(&share, x);
            let (a, b, c) = (share.weight().of(weight), share.columns().of(&patches), share.results());
            self.multiply(&Product { m, k, n, batch: share.batch(), a, b, c, add: false }, &mut out);
        }
        out
    }

    /// The gradient of the pictures.
    #[track_caller]
    pub(super) fn to_pictures<E: Real>(self, convolution: &Convolution, slope: &Buf<E>, weight: &Buf<E>) -> Buf<E> {
        let mut out = self.zeroed::<E>(convolution.lens()[0]);
        let [m, k, n] = [convolution.terms(), convolution.outputs, convolution.walk.count()];
        for share in Share::all(convolution) {
            let mut patches = self.zeroed::<E>(share.patches());
            let (a, b, c) = (transposed(share.weight()).of(weight), share.results().of(slope), share.columns());
            self.multiply(&Product { m, k, n, batch: share.batch(), a, b, c, add: false }, &mut patches);
            let to = self.writable(&mut out) + (share.first() * size_of::<E>()) as u64;
            let results = share.walk().lens()[0];
            // SAFETY: the pictures are some of those there, and there are as many patches.
            unsafe { self.windows::<E>("fold", &share.walk(), results, [0, 0, self.address(&patches), to]) }
        }
        out
    }

    /// The gradient of the weight.
    #[track_caller]
    pub(super) fn to_weight<E: Real>(self, convolution: &Convolution, slope: &Buf<E>, x: &Buf<E>) -> Buf<E> {
        let mut out = self.zeroed::<E>(convolution.lens()[1]);
        let [m, k, n] = [convolution.outputs, convolution.walk.count(), convolution.terms()];
        for share in Share::all(convolution) {
            let patches = self.patches(&share, x);
            let (a, b, c) = (share.results().of(slope), transposed(share.columns()).of(&patches), share.weight());
            self.multiply(&Product { m, k, n, batch: share.batch(), a, b, c, add: true }, &mut out);
        }
        out
    }
}
