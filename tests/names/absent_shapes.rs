//! x
//!
//! y
rows! {
    "shape ops";
    "view": "", "x.view(..)" => "", "not yet: x" {}
    "flatten, unflatten, movedim, chunk, rot90, pixel_shuffle": "", "" => "", "not yet: x" {}
}
