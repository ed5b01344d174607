//! Windows are of ids, which characters become by a vocabulary.
use congruent::data::{Chars, TextWindows};
use congruent::prelude::*;

pub fn main() {
    let text = "some text";
    let Ok(ids) = Chars::of(text).encode(text) else { return };
    let Ok(windows) = TextWindows::new(ids.clone(), D::<4>) else { return };
    let _ = (windows.ids(), ids.len());
}
