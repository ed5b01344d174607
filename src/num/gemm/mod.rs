//! Products of large matrices: factors packed in the order in which they are read, tiles of C in registers.
//!
//! Apart from the devices because it knows no buffers and no threads: memory for packed factors and a way to share
//! tasks are lent to it. Beside the lanes because the tile is the one loop that must know how many registers there are.
//!
//! | file | holds |
//! |---|---|
//! | `plan` | how a product is divided |
//! | `pack` | factors laid down in strips |
//! | `height` | how many rows a tile has |
//! | `tile`, `target` | the innermost loop, and where its tile goes |
//! | `part` | what one task computes, tile by tile |
//! | `blocks` | packing and computing, shared among tasks |
#![allow(unsafe_code, reason = "matrices are pointers and strides")]

mod blocks;
mod height;
mod pack;
mod part;
mod plan;
mod target;
#[cfg(test)]
mod tests;
mod tile;

pub(super) use blocks::product;
pub(crate) use height::{Tiles, in_tiles};
pub(crate) use plan::tile_size;
pub(crate) use tile::Strips;
