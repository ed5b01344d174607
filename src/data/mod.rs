//! Data: sets of examples, parts of them, and batches whose size is a type.
//!
//! Apart from `tensor` because a data set need not be one: whatever gives examples by number can be shuffled, split and
//! batched.
//!
//! | file | holds |
//! |---|---|
//! | `dataset` | [`Dataset`]: examples by number; shuffled splits; [`Subset`]: some of them |
//! | `tensors` | [`TensorDataset`]: tensors that share their leading axis |
//! | `examples` | [`FnDataset`]: made one by one; [`Example`]: what can be put together to a batch |
//! | `sampling` | which examples go where: by weight, by class, fold by fold |
//! | `epochs` | [`Epochs`]: batches by number, in an order that a key decides |
//! | `loader` | [`Loader`]: the epochs of a data set |
//! | `drawn` | [`Drawn`]: epochs of examples drawn at random |
//! | `text`, `windows` | [`Chars`], [`Bytes`]: text as ids; [`TextWindows`]: what is read, and what comes next |
//! | `pipeline` | [`Pipeline`]: what stands between batches and their reader |
//! | `mapped` | [`Mapped`]: batches changed on their way; [`Checked`]: results without their `Ok` |
//! | `workers` | [`Workers`]: batches that threads make ahead |
//! | `stream`, `ahead` | [`Batched`]: batches of an iterator; iterators that run ahead of their readers |
//! | `patience` | waiting for what a thread makes, in a thread of a pool, too |
//!
//! ```
//! use congruent::prelude::*;
//! dims! { Examples = ?, Batch = ? }
//!
//! let images = Cpu.uniform((Examples(100), D::<64>), Key::new(0), 0.0, 1.0);
//! let labels = Cpu.from_fn((Examples(100),), |i| i as i64 % 10);
//! let (train, test) = TensorDataset::new((images, labels))?.split(0.8, Key::new(1))?;
//! assert_eq!((train.len(), test.len()), (80, 20));
//!
//! let loader = Loader::new(train, Batch(32))?;
//! for epoch in 0..2 {
//!     for (x, y) in loader.epoch(Key::new(2).fold_in(epoch)) {
//!         let x: Tensor<(Batch, D<64>)> = x; // 32, 32 and 16 images
//!         let y: Tensor<(Batch,), i64> = y;
//!     }
//! }
//! # Ok::<(), congruent::Error>(())
//! ```

mod ahead;
mod dataset;
mod drawn;
mod epochs;
mod examples;
mod loader;
mod mapped;
mod patience;
mod pipeline;
mod sampling;
mod stream;
mod tensors;
mod text;
mod windows;
mod workers;

pub use dataset::{Dataset, Subset};
pub use drawn::Drawn;
pub use epochs::{Epochs, Plan};
pub use examples::{Example, FnDataset};
pub use loader::Loader;
pub use mapped::{Checked, Fallible, Mapped};
pub use pipeline::Pipeline;
pub use stream::Batched;
pub use tensors::{Columns, SameExamples, TensorDataset};
pub use text::{Bytes, Chars};
pub use windows::{TextId, TextWindows};
pub use workers::Workers;
