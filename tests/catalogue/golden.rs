//! Pointwise operations against PyTorch: `golden/golden.safetensors` holds inputs, outputs and gradients of each case.

use crate::Report;
use crate::entry::{Entry, catalogue, entry_of};
use congruent::io::raw::{RawArray, RawDtype};
use congruent::io::safetensors::SafetensorsFile;
use congruent::ops::{self, Pointwise2, unary::Powf};
use congruent::prelude::*;
use congruent::shape::Broadcast;

/// Cases that bear another name than their row.
const RENAMED: [(&str, &str); 11] = [
    ("unary_gelu_erf", "gelu"),
    ("unary_exp_m1", "expm1"),
    ("unary_ln_1p", "log1p"),
    ("cmp_eq", "equal"),
    ("cmp_ne", "not_equal"),
    ("cmp_lt", "less"),
    ("cmp_le", "less_equal"),
    ("cmp_gt", "greater"),
    ("cmp_ge", "greater_equal"),
    ("where", "choose"),
    ("unary_powi3", "powi3"),
];

/// How two operands of a case are broadcast; the others have one shape.
const BROADCAST: [&str; 3] = ["_last", "_mid", "_outer"];

struct Golden(SafetensorsFile);

impl Golden {
    fn open() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/golden.safetensors");
        Golden(SafetensorsFile::open(path).expect("the golden file is there"))
    }

    /// The pointwise cases.
    fn cases(&self) -> Vec<String> {
        let names = self.0.entries().iter().filter_map(|entry| entry.name.strip_suffix("/in0"));
        let pointwise =
            |name: &&str| ["unary_", "binary_", "cmp_", "where"].iter().any(|start| name.starts_with(start));
        names.filter(pointwise).map(str::to_owned).collect()
    }

    /// A tensor of a case and its shape, if the case has it.
    fn get(&mut self, case: &str, what: &str) -> Option<(Vec<f64>, Vec<usize>)> {
        let name = format!("{case}/{what}");
        self.0.entries().iter().find(|entry| entry.name == name)?;
        let array = self.0.get(&name).expect("it is listed");
        Some((numbers(&array), array.shape))
    }

    fn inputs(&mut self, case: &str) -> Vec<(Vec<f64>, Vec<usize>)> {
        (0..).map_while(|i| self.get(case, &format!("in{i}"))).collect()
    }
}

fn numbers(array: &RawArray) -> Vec<f64> {
    match array.dtype {
        RawDtype::F32 => array.values::<f32>("case").expect("asked").into_iter().map(f64::from).collect(),
        RawDtype::I64 => array.values::<i64>("case").expect("asked").into_iter().map(|x| x as f64).collect(),
        RawDtype::U8 => array.values::<u8>("case").expect("asked").into_iter().map(f64::from).collect(),
        other => panic!("no case holds {other}"),
    }
}

fn row_name(case: &str) -> &str {
    let renamed = RENAMED.iter().find(|(name, _)| *name == case).map(|(_, row)| *row);
    renamed.or(case.strip_prefix("unary_")).or(case.strip_prefix("binary_")).unwrap_or(case)
}

#[test]
fn rows_agree_with_pytorch() {
    let (mut golden, mut report) = (Golden::open(), Report::default());
    let mut entries = catalogue();
    entries.push(entry_of("powi3", Powf { exponent: 3.0 }));
    let cases = golden.cases();
    assert!(cases.len() > 60, "only {} cases", cases.len());
    for case in cases.iter().filter(|case| !BROADCAST.iter().any(|end| case.ends_with(end))) {
        let entry = entries.iter().find(|entry| entry.row.name == row_name(case));
        match entry {
            Some(entry) => compare(&mut golden, case, entry, &mut report),
            None => report.0.push(format!("no row for the case {case}")),
        }
    }
    report.finish();
}

fn compare(golden: &mut Golden, case: &str, entry: &Entry, report: &mut Report) {
    let inputs: Vec<Vec<f64>> = golden.inputs(case).into_iter().map(|(values, _)| values).collect();
    let cotangent = golden.get(case, "cot0").map_or(vec![1.0; inputs[0].len()], |(values, _)| values);
    let found = (entry.double)(&inputs, &cotangent);
    let (values, _) = golden.get(case, "out0").expect("every case has an output");
    report.close(|| case.to_owned(), &found.values, &values, 1e-5, 1e-2);
    report.close(|| format!("{case} in f32"), &(entry.single)(&inputs), &values, 1e-5, 1e-2);
    for (operand, gradient) in found.gradients.iter().enumerate() {
        if let Some((expected, _)) = golden.get(case, &format!("grad{operand}")) {
            report.close(|| format!("{case} by operand {operand}"), gradient, &expected, 1e-4, 1e-2);
        }
    }
}

dims! { A = ?, B = ?, C = ? }

/// One way to broadcast: the shapes of both operands.
fn broadcast<S: Shape + Broadcast<S2>, S2: Shape>(
    golden: &mut Golden,
    case: &str,
    op: impl Pointwise2,
    report: &mut Report,
) {
    let inputs = golden.inputs(case);
    let tensor = |(values, dims): &(Vec<f64>, Vec<usize>)| (values.clone(), dims.clone());
    let ((x, x_dims), (y, y_dims)) = (tensor(&inputs[0]), tensor(&inputs[1]));
    let x_shape = S::from_dims(&x_dims).expect("the shape of the case");
    let y_shape = S2::from_dims(&y_dims).expect("the shape of the case");
    let model: (Param<S>, Param<S2>) =
        (Cpu.from_fn(x_shape, |i| x[i] as f32).into(), Cpu.from_fn(y_shape, |i| y[i] as f32).into());
    let (cotangent, _) = golden.get(case, "cot0").expect("these have gradients");
    let mut values = Vec::new();
    let result = model.value_and_grad(|(x, y)| {
        ops::binary(op, x, y).with(|z| {
            let z_values = z.eval();
            values = z_values.to_vec();
            (z * &Cpu.from_fn(z_values.shape(), |i| cotangent[i] as f32)).sum()
        })
    });
    let (_, (dx, dy)) = result.expect("sizes agree");
    let wide = |values: &[f32]| values.iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
    for (what, found, relative) in
        [("out0", wide(&values), 1e-5), ("grad0", wide(dx.as_slice()), 1e-4), ("grad1", wide(dy.as_slice()), 1e-4)]
    {
        let (expected, _) = golden.get(case, what).expect("these have gradients");
        report.close(|| format!("{case}/{what}"), &found, &expected, relative, 1e-2);
    }
}

#[test]
fn broadcast_gradients_agree_with_pytorch() {
    let (mut golden, mut report) = (Golden::open(), Report::default());
    fn all(golden: &mut Golden, name: &str, op: impl Pointwise2, report: &mut Report) {
        broadcast::<(A, B, C), (C,)>(golden, &format!("binary_{name}_last"), op, report);
        broadcast::<(A, B, C), (B, D<1>)>(golden, &format!("binary_{name}_mid"), op, report);
        broadcast::<(A, D<1>), (D<1>, C)>(golden, &format!("binary_{name}_outer"), op, report);
    }
    all(&mut golden, "add", ops::arithmetic::Add, &mut report);
    all(&mut golden, "sub", ops::arithmetic::Sub, &mut report);
    all(&mut golden, "mul", ops::arithmetic::Mul, &mut report);
    all(&mut golden, "div", ops::arithmetic::Div, &mut report);
    all(&mut golden, "maximum", ops::binary::Maximum, &mut report);
    all(&mut golden, "minimum", ops::binary::Minimum, &mut report);
    report.finish();
}
