//! Recurrent layers against PyTorch, a loop over numbers, central differences, and their own cells.

mod support;

use congruent::io::Import;
use congruent::nn::{Bidirectional, Gating, GruGates, Init, LstmGates, OfGates, Recurrent, RnnGates, StateWidth};
use congruent::prelude::*;
use support::{Golden, assert_close, gradients, random};

dims! { Batch = ?, Time = ?, Hidden = 3, Width = ? }

type F64 = Weights<f64>;

/// The layer with the parameters of a case, which PyTorch keeps as (out, in): by way of a file, as a user reads it.
macro_rules! layer {
    ($golden:ident, $Layer:ident, $name:literal, $rows:literal) => {{
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pytorch.safetensors");
        let [ih, hh] = [concat!($name, "/in1"), concat!($name, "/in2")];
        let (ih, hh) = ($golden.tensor::<Shape![$rows, 3]>(ih), $golden.tensor::<Shape![$rows, 4]>(hh));
        let [b_ih, b_hh] = [3, 4].map(|i| $golden.tensor::<Shape![$rows]>(&format!("{}/in{i}", $name)));
        #[derive(Model)]
        struct Saved<P: Part = Weights> {
            weight_ih_l0: Param<Shape![$rows, 3], P>,
            weight_hh_l0: Param<Shape![$rows, 4], P>,
            bias_ih_l0: Param<Shape![$rows], P>,
            bias_hh_l0: Param<Shape![$rows], P>,
        }
        let saved = Saved {
            weight_ih_l0: ih.into(),
            weight_hh_l0: hh.into(),
            bias_ih_l0: b_ih.into(),
            bias_hh_l0: b_hh.into(),
        };
        saved.save(&path).expect("written");
        let mut layer = $Layer::<D<3>, D<4>>::new(Key::new(0));
        layer
            .load_with(&path, &Import::pytorch().rename(|name| name.replace("_l0", "")))
            .expect("the names are PyTorch's");
        layer
    }};
}

/// Values and gradients of a case of (time, batch, features).
macro_rules! agrees_with_pytorch {
    ($Layer:ident, $name:literal, $rows:literal) => {{
        let mut golden = Golden::open();
        let golden_x: Param<Shape![4, 2, 3]> = golden.tensor(concat!($name, "/in0")).into();
        let layer = layer!(golden, $Layer, $name, $rows);
        let cotangent = golden.tensor::<Shape![4, 2, 4]>(concat!($name, "/cot0"));
        let mut out = Vec::new();
        let step = (golden_x, layer).value_and_grad(|(x, layer)| {
            let y = layer.forward(x.transpose::<0, 1>()).transpose::<0, 1>();
            y.with(|y| {
                out = y.eval().to_vec();
                (y * &cotangent).sum()
            })
        });
        let (dx, grads) = step.expect("the sizes agree").1;
        assert_close($name, &out, golden.tensor::<Shape![4, 2, 4]>(concat!($name, "/out0")).as_slice(), 1e-5);
        let wanted = [
            golden.tensor::<Shape![4, 2, 3]>(concat!($name, "/grad0")).to_vec(),
            golden.tensor::<Shape![$rows, 3]>(concat!($name, "/grad1")).t().eval().to_vec(),
            golden.tensor::<Shape![$rows, 4]>(concat!($name, "/grad2")).t().eval().to_vec(),
            golden.tensor::<Shape![$rows]>(concat!($name, "/grad3")).to_vec(),
            golden.tensor::<Shape![$rows]>(concat!($name, "/grad4")).to_vec(),
        ];
        let found = [
            dx.tensor().to_vec(),
            grads.weight_ih.tensor().to_vec(),
            grads.weight_hh.tensor().to_vec(),
            grads.bias_ih.tensor().to_vec(),
            grads.bias_hh.tensor().to_vec(),
        ];
        for (place, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
            assert_close(&format!("{}, gradient {place}", $name), found, wanted, 1e-5);
        }
    }};
}

#[test]
fn lstm_agrees_with_pytorch() {
    agrees_with_pytorch!(Lstm, "lstm", 16);
}

#[test]
fn gru_agrees_with_pytorch() {
    agrees_with_pytorch!(Gru, "gru", 12);
}

/// A layer of `f64` whose parameters are large enough for curves to matter.
fn layer<K: Gating, I: Dim + Default, H: StateWidth + OfGates<K::Gates>>(seed: u64) -> Recurrent<K, I, H, F64> {
    Recurrent::init(Cpu, Init::Uniform { low: -0.9, high: 0.9 }, Key::new(seed))
}

/// The states of a plain layer by loops over numbers.
fn by_hand(layer: &Rnn<D<2>, Hidden, F64>, x: &[f64], start: &[f64], batch: usize, times: usize) -> Vec<f64> {
    let (ih, hh) = (layer.weight_ih.as_slice(), layer.weight_hh.as_slice());
    let (mut states, mut all) = (start.to_vec(), vec![0.0; batch * times * 3]);
    for time in 0..times {
        let before = states.clone();
        for (example, unit) in (0..batch).flat_map(|example| (0..3).map(move |unit| (example, unit))) {
            let mut sum = layer.bias_ih.as_slice()[unit] + layer.bias_hh.as_slice()[unit];
            sum += (0..2).map(|i| x[(example * times + time) * 2 + i] * ih[i * 3 + unit]).sum::<f64>();
            sum += (0..3).map(|i| before[example * 3 + i] * hh[i * 3 + unit]).sum::<f64>();
            let state = if layer.kind.relu { sum.max(0.0) } else { sum.tanh() };
            states[example * 3 + unit] = state;
            all[(example * times + time) * 3 + unit] = state;
        }
    }
    all
}

#[test]
fn a_plain_layer_is_a_loop_over_numbers() {
    let mut layer = layer::<RnnGates, D<2>, Hidden>(1);
    for (batch, times, relu) in [(1, 1, false), (2, 7, false), (3, 7, true), (1, 2, true), (0, 3, false)] {
        layer.kind.relu = relu;
        let x = Cpu.uniform_of::<f64, _>((Batch(batch), Time(times), D::<2>), Key::new(2), -2.0, 2.0);
        let start = Cpu.uniform_of::<f64, _>((Batch(batch), Hidden), Key::new(3), -1.0, 1.0);
        let (all, last) = layer
            .infer(|m| {
                let (all, last) = m.run(&x, &start);
                (all.eval(), last.eval())
            })
            .expect("the sizes agree");
        let wanted = by_hand(&layer, x.as_slice(), start.as_slice(), batch, times);
        assert_close("all states", all.as_slice(), &wanted, 1e-12);
        let ends: Vec<f64> = wanted.chunks(times * 3).flat_map(|states| states[(times - 1) * 3..].to_vec()).collect();
        assert_close("the last state", last.as_slice(), &ends, 1e-12);
        let zeros = layer.infer(|m| m.forward(&x).eval()).expect("the sizes agree");
        let wanted = by_hand(&layer, x.as_slice(), &vec![0.0; batch * 3], batch, times);
        assert_close("from zeros", zeros.as_slice(), &wanted, 1e-12);
    }
}

/// Of no time the last state is the first one, and so is its gradient.
#[test]
fn no_time_changes_no_state() {
    let x = Cpu.uniform_of::<f64, _>((Batch(2), Time(0), D::<2>), Key::new(1), -1.0, 1.0);
    let model = (layer::<GruGates, D<2>, Hidden>(1), random((Batch(2), Hidden), 2, -1.0, 1.0));
    let (loss, grads) = model.value_and_grad(|(gru, h)| gru.run(&x, h).1.square().sum()).expect("the sizes agree");
    let h = model.1.as_slice();
    assert!((loss - h.iter().map(|h| h * h).sum::<f64>()).abs() < 1e-12);
    assert_close("start", grads.1.as_slice(), &h.iter().map(|h| 2.0 * h).collect::<Vec<_>>(), 1e-12);
    assert!(grads.0.weight_hh.as_slice().iter().all(|&g| g == 0.0));
    let y = model.0.infer(|m| m.forward(&x).eval()).expect("the sizes agree");
    assert_eq!(y.shape(), (Batch(2), Time(0), Hidden));
}

/// All parameters, the input and the start, by way of all outputs and of the last states.
#[test]
fn gradients_through_time_agree_with_differences() {
    let x = |times| random((Batch(2), Time(times), D::<2>), 1, -1.5, 1.5);
    let state = |seed| random((Batch(2), Hidden), seed, -1.0, 1.0);
    for times in [1, 4] {
        let c = &Cpu.uniform_of::<f64, _>((Batch(2), Time(times), Hidden), Key::new(5), -1.0, 1.0);
        gradients!((x(times), state(2), layer::<RnnGates, D<2>, Hidden>(1)), |(x, h, rnn)| {
            let (all, last) = rnn.run(x, h);
            (all * c).sum() + last.square().sum()
        });
        gradients!((x(times), state(2), layer::<GruGates, D<2>, Hidden>(1)), |(x, h, gru)| {
            let (all, last) = gru.run(x, h);
            (all * c).sum() + last.square().sum()
        });
        gradients!((x(times), (state(2), state(3)), layer::<LstmGates, D<2>, Hidden>(1)), |(x, start, lstm)| {
            let (all, (h, cell)) = lstm.run(x, start);
            (all * c).sum() + h.square().sum() + (cell.square() * h).sum()
        });
    }
    let mut rnn = layer::<RnnGates, D<2>, Hidden>(4);
    rnn.kind.relu = true;
    gradients!((x(3), rnn), |(x, rnn)| rnn.forward(x).square().sum());
    // One unit, one example without an axis of batches.
    let x = || random((D::<7>, D::<1>), 1, -1.5, 1.5);
    gradients!((x(), layer::<LstmGates, D<1>, D<1>>(1)), |(x, lstm)| lstm.forward(x).square().sum());
}

/// A loop over cells is the layer, in value and gradient; so are layers in a tuple one after the other.
#[test]
fn cells_step_as_their_layers_do() {
    let x = Cpu.uniform_of::<f64, _>((D::<2>, D::<3>, D::<2>), Key::new(1), -1.0, 1.0);
    let zeros = Cpu.full((D::<2>, Hidden), 0.0_f64);
    let gru = layer::<GruGates, D<2>, Hidden>(1);
    let whole = gru.value_and_grad(|m| m.run(&x, &zeros).1.square().sum()).expect("the sizes agree");
    let steps = gru.value_and_grad(|m| {
        let cell = m.cell();
        P64::scan(0..3_isize, &zeros, |t, h| cell.forward(x.select::<1>(t), h)).square().sum()
    });
    let steps = steps.expect("the sizes agree");
    assert!((whole.0 - steps.0).abs() < 1e-12);
    assert_close("gru", steps.1.weight_hh.as_slice(), whole.1.weight_hh.as_slice(), 1e-12);

    let lstm = layer::<LstmGates, D<2>, Hidden>(1);
    let whole = lstm.value_and_grad(|m| m.run(&x, (&zeros, &zeros)).1.1.square().sum()).expect("the sizes agree");
    let steps = lstm.value_and_grad(|m| {
        let mut state = m.cell().forward(x.select::<1>(0), (&zeros, &zeros));
        for t in 1..3 {
            state = m.cell().forward(x.select::<1>(t), state);
        }
        state.1.square().sum()
    });
    let steps = steps.expect("the sizes agree");
    assert!((whole.0 - steps.0).abs() < 1e-12);
    assert_close("lstm", steps.1.weight_ih.as_slice(), whole.1.weight_ih.as_slice(), 1e-12);

    let stacked = (gru, layer::<GruGates, Hidden, Hidden>(2));
    let both = stacked.infer(|m| m.forward(&x).eval()).expect("the sizes agree");
    let each = stacked.infer(|(a, b)| b.forward(a.forward(&x)).eval()).expect("the sizes agree");
    assert_eq!(both, each);
}

type P64 = Traced<f64>;

/// Parameters begin as PyTorch's, and come back from a file; sizes that only the run knows are compared.
#[test]
fn parameters_start_return_and_fit() {
    let lstm = Lstm::<D<5>, D<16>>::new(Key::new(1));
    let mut most = 0.0_f32;
    lstm.visit(|_, _, values| most = values.iter().fold(most, |most, value| most.max(value.abs())));
    assert!(most <= 0.25 && most > 0.2, "uniform in 1 / √16, found {most}");
    let folder = tempfile::tempdir().expect("a folder");
    lstm.save(folder.path().join("lstm.safetensors")).expect("written");
    let mut other = Lstm::<D<5>, D<16>>::new(Key::new(2));
    other.load(folder.path().join("lstm.safetensors")).expect("the names agree");
    let x = Cpu.uniform((D::<1>, D::<2>, D::<5>), Key::new(3), -1.0, 1.0);
    let run = |lstm: &Lstm<D<5>, D<16>>| lstm.infer(|m| m.forward(&x).eval()).expect("the sizes agree");
    assert_eq!(run(&lstm), run(&other));

    let gru: Gru<Width, Hidden> = Gru::sized(Cpu, Width(3), Init::DEFAULT, Key::new(1));
    let x = Cpu.full((Batch(2), Time(4), Width(5)), 1.0);
    let error = gru.infer(|m| m.forward(&x).eval()).expect_err("the widths differ").to_string();
    assert!(error.starts_with("gru: run-time sizes differ"), "{error}");
    let (x, h) = (Cpu.full((Batch(2), Time(4), Width(3)), 1.0), Cpu.full((Batch(1), Hidden), 1.0));
    let error = gru.infer(|m| m.run(&x, &h).1.eval()).expect_err("the batches differ").to_string();
    assert!(error.starts_with("gru: run-time sizes differ"), "{error}");
}

/// In two bytes the states are those of `f32`, rounded at each step.
#[test]
fn halves_are_near() {
    let gru = layer::<GruGates, D<2>, Hidden>(1);
    let x = Cpu.uniform((D::<2>, D::<7>, D::<2>), Key::new(1), -1.0, 1.0);
    let half: Gru<D<2>, Hidden, Weights<bf16>> = Recurrent {
        weight_ih: gru.weight_ih.tensor().convert::<bf16>().into(),
        weight_hh: gru.weight_hh.tensor().convert::<bf16>().into(),
        bias_ih: gru.bias_ih.tensor().convert::<bf16>().into(),
        bias_hh: gru.bias_hh.tensor().convert::<bf16>().into(),
        kind: GruGates,
    };
    let found = half.infer(|m| m.forward(&x.convert::<bf16>()).eval()).expect("the sizes agree");
    let wanted = gru.infer(|m| m.forward(&x.convert::<f64>()).eval()).expect("the sizes agree");
    assert!(found.convert::<f64>().allclose(&wanted, 0.03, 0.03));
}

/// The second layer reads from the end, and what it says of a time stands beside what the first one says.
#[test]
fn two_layers_read_from_both_ends() {
    let x = Cpu.uniform_of::<f64, _>((D::<2>, D::<3>, D::<2>), Key::new(1), -1.0, 1.0);
    let (ahead, back) = (layer::<GruGates, D<2>, Hidden>(1), layer::<GruGates, D<2>, Hidden>(2));
    let mut both = Bidirectional::new(ahead.clone(), back.clone());
    let found = both.infer(|m| m.forward(&x).eval()).expect("the sizes agree");
    let wanted = (ahead.clone(), back.clone()).infer(|(ahead, back)| {
        let back = back.forward(x.flip::<1>()).flip::<1>();
        ahead.forward(&x).concat::<2, _>(back).eval()
    });
    assert_eq!(found, wanted.expect("the sizes agree"));
    gradients!(both, |m| m.forward(&x).square().sum());
}
