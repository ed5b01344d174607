//! error[E0603]: module `table` is private
use congruent::graph::table::Key;

/// The variables of a step lie in a table of the thread, at places that nobody moves.
fn main() {
    let _: Option<Key> = None;
}
