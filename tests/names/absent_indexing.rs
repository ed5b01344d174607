//! x
//!
//! y
rows! {
    "indexing/slicing";
    "unfold, index_put": "", "" => "", "not yet: x" {}
}
