//! Layers and losses against PyTorch's numbers in `golden/blocks.npz`, which `scripts/golden_blocks.py` writes, and
//! against central differences: bilinear layers, bags, local response norms, transformer layers, sequences of different
//! lengths, transcripts.

mod alignments;
mod cases;
mod layers;
mod lengths;
#[path = "../support/mod.rs"]
mod support;
mod transformers;

/// What parameters are before they get those of a case.
pub(crate) const INIT: congruent::nn::Init = congruent::nn::Init::Uniform { low: -0.7, high: 0.7 };
