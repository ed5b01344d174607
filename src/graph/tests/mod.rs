//! The laws of `docs/graph.md`, held against every row of the catalogue and every construct.
//!
//! Apart from the nodes because a law is one for all of them: what a node says of itself is compared with what its
//! loops do. Nothing here knows what an operation should give; `tests/catalogue` and `tests/constructs` do.

mod constructs;
mod integers;
mod keys;
mod laws;
mod layouts;
mod plain;
mod rows;
mod truths;
