//! The families of work by name.
//!
//! Apart from the families, each of which is a trait: here is only what a device says of them to whoever asks what runs
//! where.

/// A family of work. Fused loops are every device's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// [`RowWork`](super::RowWork)
    OfRows,
    /// [`MatrixWork`](super::MatrixWork)
    OfMatrices,
    /// [`OrderWork`](super::OrderWork)
    OfOrder,
    /// [`ScanWork`](super::ScanWork)
    OfScans,
    /// [`IndexWork`](super::IndexWork)
    OfIndices,
    /// [`WindowWork`](super::WindowWork)
    OfWindows,
    /// [`AttentionWork`](super::AttentionWork)
    OfAttention,
    /// [`CopyWork`](super::CopyWork)
    OfCopies,
}
