//! Any text as comma-separated values: a matrix that comes back from a file of our own, or an error. The first byte
//! says how it is read.
#![no_main]

use congruent::io::csv::{Csv, Missing};
use congruent::prelude::*;
use libfuzzer_sys::fuzz_target;

dims! { Rows = ?, Columns = ? }

fn check<E: congruent::dtype::Elem>(csv: &Csv, text: &[u8]) {
    let Ok(x) = csv.read_from::<Rows, Columns, E>(text, "fuzz", Rows) else { return };
    assert_eq!(x.shape().0.size() * x.shape().1.size(), x.len());
    // Each field ends with a byte, except at the end of the file.
    assert!(x.len() <= text.len() + 1, "{} numbers in {} bytes", x.len(), text.len());
}

fuzz_target!(|data: &[u8]| {
    let Some((&how, text)) = data.split_first() else { return };
    let mut csv = Csv::new().header(how & 1 == 0);
    if how & 2 != 0 {
        csv = csv.comment(b'#');
    }
    if how & 4 != 0 {
        csv = csv.delimiter(b';').missing(Missing::Nan);
    }
    check::<f32>(&csv, text);
    check::<f64>(&csv.clone().columns(["a", "b"]), text);
    check::<i64>(&csv, text);
    check::<bool>(&csv.columns_at([1]), text);
});
