//! Transformer layers: attention and a small network for each token, each with a way around it.
//!
//! | file | holds |
//! |---|---|
//! | `encoder`, `decoder` | [`TransformerEncoderLayer`], [`TransformerDecoderLayer`] |
//! | `around` | the way around a part with its norm, and the network of a token: what both have |
//!
//! Apart from `attention`, of which they are made. A stack is an array of layers and `P::scan`.

mod around;
mod decoder;
mod encoder;

pub use around::TokensOut;
pub use decoder::TransformerDecoderLayer;
pub use encoder::TransformerEncoderLayer;
