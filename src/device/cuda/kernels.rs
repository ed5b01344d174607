//! Kernels that are written by hand: which text they stand in, and how they are launched.
//!
//! Apart from the printed loops (`source`), whose text is made anew for each region.
#![allow(unsafe_code, reason = "kernels are given raw addresses")]

use super::compiled::Compiled;
use super::module::Kernel;
use super::source::{NUMBERS, ROUNDING, computed, stored};
use super::token::Cuda;
use crate::dtype::Elem;
use crate::error::OrRaise;
use crate::layout::MAX_AXES;

/// What stands before texts that compare elements.
const KEYS: &str = include_str!("../../../kernels/keys.cu");

/// Threads of a block.
pub(super) const THREADS: usize = 256;

/// A text of kernels, for an element type or for elements of a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Text {
    /// Sums, of this element type.
    Sums(&'static str),
    /// Copies, of elements of so many bytes.
    Copies(usize),
    /// Products, of this element type.
    Products(&'static str),
    /// From the one element type to the other.
    Conversion(&'static str, &'static str),
    /// Rows and elements by index, of elements of so many bytes.
    Index(usize),
    /// Terms in groups of one target each.
    Grouping,
    /// Terms added to their targets, of this element type.
    Scatter(&'static str),
    /// Random masks, of this element type.
    Draws(&'static str),
    /// Where extremes stand, of this element type.
    Extremes(&'static str),
    /// Rows in order, and places in sorted memory, of this element type.
    Sorting(&'static str),
    /// Attention and its gradients, of this element type.
    Attention(&'static str),
    /// Windows that slide over pictures, of this element type.
    Windows(&'static str),
}

impl Text {
    fn source(self) -> String {
        match self {
            Text::Sums(elem) => [NUMBERS, &types(elem), include_str!("../../../kernels/sums.cu")].concat(),
            Text::Products(elem) => {
                let computed = computed(elem);
                let float = matches!(computed, "float" | "double");
                let sum = if float { "double" } else { computed };
                let (multiply_add, add) = match float {
                    true => ("n_fma(x, y, z)", "n_add(x, y)"),
                    false => ("n_plus(n_times(x, y), z)", "n_plus(x, y)"),
                };
                let types = format!("{}typedef {sum} S;\n", types(elem));
                let how = format!("#define MULTIPLY_ADD(x, y, z) {multiply_add}\n#define ADD(x, y) {add}\n");
                [NUMBERS, &types, &how, include_str!("../../../kernels/products.cu")].concat()
            }
            Text::Conversion(from, to) => {
                let types = format!("typedef {} A;\ntypedef {} B;\n", stored(from), stored(to));
                [NUMBERS, &types, include_str!("../../../kernels/convert.cu")].concat()
            }
            Text::Copies(bytes) => {
                [NUMBERS, &word(bytes), &strided(), include_str!("../../../kernels/copies.cu")].concat()
            }
            Text::Index(bytes) => [NUMBERS, &word(bytes), include_str!("../../../kernels/index.cu")].concat(),
            Text::Grouping => [NUMBERS, &strided(), include_str!("../../../kernels/grouping.cu")].concat(),
            Text::Scatter(elem) => {
                let scatter = include_str!("../../../kernels/scatter.cu");
                [NUMBERS, ROUNDING, &types(elem), &strided(), scatter].concat()
            }
            Text::Windows(elem) => {
                [NUMBERS, ROUNDING, &types(elem), include_str!("../../../kernels/windows.cu")].concat()
            }
            Text::Extremes(elem) => {
                [NUMBERS, &types(elem), KEYS, include_str!("../../../kernels/extremes.cu")].concat()
            }
            Text::Sorting(elem) => [NUMBERS, &types(elem), KEYS, include_str!("../../../kernels/sorting.cu")].concat(),
            Text::Attention(elem) => {
                let tiles = include_str!("../../../kernels/tiles.cu");
                [NUMBERS, &types(elem), tiles, include_str!("../../../kernels/attention.cu")].concat()
            }
            Text::Draws(elem) => [NUMBERS, &types(elem), include_str!("../../../kernels/draws.cu")].concat(),
        }
    }
}

/// What an element is stored as and computed in.
fn types(elem: &str) -> String {
    format!("typedef {} E;\ntypedef {} T;\n", stored(elem), computed(elem))
}

/// An element of so many bytes, whatever they mean.
fn word(bytes: usize) -> String {
    format!("typedef u{} E;\n", 8 * bytes)
}

/// Memory that is walked by axes.
fn strided() -> String {
    format!("#define MOST_AXES {MAX_AXES}\n{}", include_str!("../../../kernels/strided.cu"))
}

static WRITTEN: Compiled<(Text, &'static str)> = Compiled::none();

impl<const ORDINAL: usize> Cuda<ORDINAL> {
    /// Runs one of them: `words` are the fields of its only argument.
    ///
    /// # Safety
    /// The words are what the kernel asks for, and the addresses among them are memory of this device that it keeps to.
    #[track_caller]
    pub(super) unsafe fn run(self, (text, name): (Text, &'static str), grid: Grid, words: &[u64]) {
        let kernel = WRITTEN.kernel(self.runtime(), (text, name), |_| (text.source(), name));
        // SAFETY: the caller's contract.
        unsafe { self.launch(kernel, grid, words) }
    }

    /// Runs a kernel whose only argument is a list of words.
    ///
    /// # Safety
    /// As for [`run`](Self::run).
    #[track_caller]
    pub(super) unsafe fn launch(self, kernel: Kernel, Grid { blocks, threads }: Grid, words: &[u64]) {
        let mut arguments = [words.as_ptr().cast_mut().cast()];
        let [x, y] = threads.map(|threads| threads as u32);
        let [across, down] = blocks.map(|blocks| u32::try_from(blocks).unwrap_or(u32::MAX));
        // SAFETY: the caller's contract; the driver copies the words before the call returns.
        unsafe { self.runtime().launch(kernel, [across, down, 1], [x, y, 1], 0, &mut arguments).or_raise() }
    }

    /// A grid for a loop over so many elements: each thread takes every so-and-so-many-th.
    pub(super) fn over(self, len: usize) -> Grid {
        let most = 32 * self.runtime().multiprocessors().max(1);
        Grid { blocks: [len.div_ceil(THREADS).clamp(1, most), 1], threads: [THREADS, 1] }
    }

    /// Writes `len` times a value.
    #[track_caller]
    pub(super) fn fill<E: Elem>(self, address: u64, len: usize, value: E) {
        let words = [len as u64, address, super::storage::bits_of(value)];
        if len > 0 {
            // SAFETY: the words of `Fill`; whoever asks for it has room for the elements there.
            unsafe { self.run((Text::Copies(size_of::<E>()), "fill"), self.over(len), &words) }
        }
    }
}

/// How many blocks of how many threads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    pub(super) blocks: [usize; 2],
    pub(super) threads: [usize; 2],
}
