//! error[E0603]: module `memory` is private
use congruent::memory::Erased;

/// A buffer whose element type is forgotten gives it back to nobody else.
fn main() {
    let _: Option<Erased> = None;
}
