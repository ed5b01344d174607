//! A panic of the library names the user's line: whatever is wrong with the operands of an operation, found by the run.
//!
//! Apart from `errors`, which reads the words, because the place is known to the panic alone. Inside of an `attempt`
//! there is no panic, and no place.

use congruent::prelude::*;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;

dims! { Rows = ?, Columns = ?, Other = ?, Found = ? }

/// Where the last panic was.
static PLACE: Mutex<Option<(String, u32)>> = Mutex::new(None);

/// Runs what panics; says which file and line it names.
fn place(run: impl FnOnce()) -> Option<(String, u32)> {
    *PLACE.lock().expect("nobody panics with it") = None;
    let before = panic::take_hook();
    panic::set_hook(Box::new(|info| {
        let at = info.location().map(|at| (at.file().to_owned(), at.line()));
        PLACE.lock().expect("nobody panics with it").clone_from(&at);
    }));
    let ended = panic::catch_unwind(AssertUnwindSafe(run));
    panic::set_hook(before);
    assert!(ended.is_err(), "nothing was wrong");
    PLACE.lock().expect("nobody panics with it").clone()
}

macro_rules! named_here {
    ($($what:literal: $run:expr;)*) => {{
        let mut wrong = Vec::new();
        $(
            let (line, found) = (line!(), place(|| { let _ = $run; }));
            match found {
                Some((file, at)) if file.ends_with("locations.rs") && at >= line => (),
                other => wrong.push(format!("{}: {other:?}", $what)),
            }
        )*
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }};
}

/// One test, for the hook is the process's.
#[test]
fn panics_name_the_line_of_the_user() {
    let x = Cpu.full((Rows(3), Columns(4)), 1.0f32);
    let y = Cpu.full((Rows(2), Columns(4)), 1.0f32);
    let ints = Cpu.full((Rows(3), Columns(4)), 1i64);
    let zeros = Cpu.full((Rows(3), Columns(4)), 0i64);
    let labels = Cpu.full((Rows(3),), 9i64);
    let far = Cpu.tensor([7, 1]);
    let v = Cpu.tensor([1.0, 2.0]);
    let mut to = x.clone();
    named_here! {
        "operators": (&x + &y).eval();
        "methods of two": x.maximum(&y).eval();
        "comparisons": x.gt(&y).eval();
        "where": x.gt(0.0).where_(&x, &y).eval();
        "assignment": to += &y;
        "products": x.matmul(&Cpu.full((Columns(5), D::<2>), 1.0f32)).eval();
        "slices": x.slice(s![5, ..]).eval();
        "narrowed slices": x.slice(s![Other = 2..9, ..]).eval();
        "reshapes": x.reshape((Rows(5), Columns(5))).eval();
        "renamed axes": Evaluate::rename(&x * 1.0, (Rows(4), Columns(4))).eval();
        "concatenation": x.concat_as::<1, _, _>(&y, Found).eval();
        "stacks": [&x, &y].stack::<0>().eval();
        "rows": x.index_select::<0>(&far).eval();
        "take": v.take(&far).eval();
        "gather": x.gather(&far).eval();
        "elements": x[[5, 0]];
        "written elements": to[[0, 9]] = 1.0;
        "divisions of integers": (&ints / &zeros).eval();
        "rests of integers": (&ints % 0).eval();
        "labels": x.cross_entropy(&labels).eval();
        "quantiles": x.quantile(2.0).eval();
        "windows": x.unfold_as::<1, _, _>(Other(9), 1, Found).eval();
        "kept values": (&x * 1.0).keep();
        "draws": Cpu.rand_of::<f32, _>((Rows(usize::MAX), Columns(4)), Key::new(0));
        "sizes beyond the memory": Cpu.zeros_of::<f32, _>((Rows(usize::MAX / 2), Columns(4)));
    }
}
