//! error[E0133]: call to unsafe function
use congruent::device::Buf;
use std::ptr::NonNull;

fn main() {
    drop(Buf::<f32>::opaque(NonNull::dangling(), 1 << 40, Box::new(())));
}
