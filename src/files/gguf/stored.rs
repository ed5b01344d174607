//! How ggml stores elements: its types by number, and what becomes of blocks.
//!
//! Apart from [`RawDtype`], which tensors have, because a block is no element: some numbers share a scale.

use std::borrow::Cow;
use std::io::Read;

use half::f16;

use crate::files::declared::{byte_count, fill};
use crate::files::entry::EntryDtype;
use crate::files::error::FileError;
use crate::files::raw::RawDtype;

/// Each type: ggml's number and name, the elements of a block, its bytes. `ggml.h` and `ggml-common.h`.
const TABLE: [(u32, &str, usize, usize); 34] = [
    (0, "F32", 1, 4),
    (1, "F16", 1, 2),
    (2, "Q4_0", 32, 18),
    (3, "Q4_1", 32, 20),
    (6, "Q5_0", 32, 22),
    (7, "Q5_1", 32, 24),
    (8, "Q8_0", 32, 34),
    (9, "Q8_1", 32, 40),
    (10, "Q2_K", 256, 84),
    (11, "Q3_K", 256, 110),
    (12, "Q4_K", 256, 144),
    (13, "Q5_K", 256, 176),
    (14, "Q6_K", 256, 210),
    (15, "Q8_K", 256, 292),
    (16, "IQ2_XXS", 256, 66),
    (17, "IQ2_XS", 256, 74),
    (18, "IQ3_XXS", 256, 98),
    (19, "IQ1_S", 256, 50),
    (20, "IQ4_NL", 32, 18),
    (21, "IQ3_S", 256, 110),
    (22, "IQ2_S", 256, 82),
    (23, "IQ4_XS", 256, 136),
    (24, "I8", 1, 1),
    (25, "I16", 1, 2),
    (26, "I32", 1, 4),
    (27, "I64", 1, 8),
    (28, "F64", 1, 8),
    (29, "IQ1_M", 256, 56),
    (30, "BF16", 1, 2),
    (34, "TQ1_0", 256, 54),
    (35, "TQ2_0", 256, 66),
    (39, "MXFP4", 32, 17),
    (40, "NVFP4", 64, 36),
    (41, "Q1_0", 128, 18),
];

/// What can be read, as errors list it.
const READ: &str = "F32, F16, BF16, F64, I8, I16, I32, I64, Q8_0 and Q4_0";

/// Elements that share a scale, and the bytes of an `f32`.
const BLOCK: usize = 32;
const WIDE: usize = 4;
/// How many blocks are read at a time.
const PORTION: usize = 1024;

/// How the elements of a tensor are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// As tensors have them.
    Plain(RawDtype),
    /// An f16 scale and 32 signed bytes: `x = scale · q`.
    Q8,
    /// An f16 scale and 16 bytes, the low halves of which are the first 16 elements: `x = scale · (q - 8)`.
    Q4,
    /// Blocks that are not read: their name, elements and bytes.
    Blocks(&'static str, usize, usize),
    /// A type that is younger than this table, by its number.
    Unknown(u32),
}

impl Stored {
    pub(super) fn of(number: u32) -> Self {
        let row = TABLE.into_iter().find(|row| row.0 == number);
        row.map_or(Self::Unknown(number), |(_, name, elements, bytes)| match name {
            "Q8_0" => Self::Q8,
            "Q4_0" => Self::Q4,
            _ => RawDtype::from_safetensors_name(name).map_or(Self::Blocks(name, elements, bytes), Self::Plain),
        })
    }

    /// The name that ggml has for it.
    pub(super) fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Plain(dtype) => dtype.safetensors_name().into(),
            Self::Q8 => "Q8_0".into(),
            Self::Q4 => "Q4_0".into(),
            Self::Blocks(name, ..) => (*name).into(),
            Self::Unknown(number) => format!("number {number}").into(),
        }
    }

    /// What is read of it.
    pub(super) fn dtype(&self) -> EntryDtype {
        match self {
            Self::Plain(dtype) => EntryDtype::Known(*dtype),
            Self::Q8 | Self::Q4 => EntryDtype::Known(RawDtype::F32),
            Self::Blocks(..) | Self::Unknown(_) => EntryDtype::Other(self.name().into_owned()),
        }
    }

    /// The refusal of what is not read; `place` is what it calls the tensor.
    pub(super) fn unread(&self, place: &str) -> FileError {
        FileError::format(place, format!("ggml's type {} cannot be read, only {READ}", self.name()))
    }

    /// The bytes of a tensor in the file; none where the type is unknown.
    pub(super) fn bytes(&self, place: &str, shape: &[usize]) -> Result<Option<u64>, FileError> {
        let (elements, bytes) = match *self {
            Self::Plain(dtype) => return Ok(Some(byte_count(place, dtype, shape)? as u64)),
            Self::Q8 => (BLOCK, 34),
            Self::Q4 => (BLOCK, 18),
            Self::Blocks(_, elements, bytes) => (elements, bytes),
            Self::Unknown(_) => return Ok(None),
        };
        let row = shape.last().copied().unwrap_or(1);
        if !row.is_multiple_of(elements) {
            let what = format!("shape {shape:?} of {}: {row} is no multiple of {elements}, its block", self.name());
            return Err(FileError::format(place, what));
        }
        let wide = byte_count(place, RawDtype::F32, shape)?;
        Ok(Some((wide / WIDE / elements) as u64 * bytes as u64))
    }

    /// Reads elements into memory for just them, blocks as `f32`.
    pub(super) fn read(&self, reader: &mut impl Read, memory: &mut [u8], place: &str) -> Result<(), FileError> {
        match self {
            Self::Plain(_) => fill(reader, memory, place),
            Self::Q8 => widen(reader, memory, place, |scale, codes: &[u8; 32]| {
                codes.map(|code| scale * f32::from(code.cast_signed()))
            }),
            Self::Q4 => widen(reader, memory, place, |scale, codes: &[u8; 16]| {
                let code = |at: usize| if at < 16 { codes[at] & 15 } else { codes[at - 16] >> 4 };
                std::array::from_fn(|at| scale * (f32::from(code(at)) - 8.0))
            }),
            Self::Blocks(..) | Self::Unknown(_) => Err(self.unread(place)),
        }
    }
}

/// Reads blocks of a scale and codes, portion by portion, and writes what `decode` makes of them.
fn widen<const CODES: usize>(
    reader: &mut impl Read,
    memory: &mut [u8],
    place: &str,
    decode: impl Fn(f32, &[u8; CODES]) -> [f32; BLOCK],
) -> Result<(), FileError> {
    let mut portion = vec![0; memory.len().div_ceil(BLOCK * WIDE).min(PORTION) * (2 + CODES)];
    for wide in memory.chunks_mut(PORTION * BLOCK * WIDE) {
        let blocks = &mut portion[..wide.len() / (BLOCK * WIDE) * (2 + CODES)];
        fill(reader, blocks, place)?;
        for (block, wide) in blocks.chunks_exact(2 + CODES).zip(wide.chunks_exact_mut(BLOCK * WIDE)) {
            let (scale, codes) = block.split_first_chunk().expect("a block begins with its scale");
            let codes = codes.first_chunk().expect("a block goes on with its codes");
            let (slots, _) = wide.as_chunks_mut();
            for (slot, value) in slots.iter_mut().zip(decode(f16::from_le_bytes(*scale).to_f32(), codes)) {
                *slot = value.to_le_bytes();
            }
        }
    }
    Ok(())
}
