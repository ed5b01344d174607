//! Averages of models, held against the same sums of numbers.

use congruent::optim::AveragedModel;
use congruent::prelude::*;

type W = Vec<Param<Shape![2], Weights<f64>>>;

fn weights(x: f64) -> W {
    vec![Cpu.tensor_of::<f64, _>([x, -x]).into(), Cpu.tensor_of::<f64, _>([x * x, 0.5]).into()]
}

fn given() -> Vec<f64> {
    (0..30).map(|i| f64::from(i * i % 17) - 5.0).collect()
}

fn held(mut average: AveragedModel<W>, decay: impl Fn(f64) -> f64) {
    let mut expected = 0.0;
    for (n, &x) in given().iter().enumerate() {
        average.update(&weights(x));
        let kept = if n == 0 { 0.0 } else { decay(n as f64) };
        expected = kept * expected + (1.0 - kept) * x;
        let found = average.model()[0].as_slice();
        assert!((found[0] - expected).abs() < 1e-12 && (found[1] + expected).abs() < 1e-12, "{n}: {found:?}");
        assert_eq!((average.model()[1].as_slice()[1], average.updates()), (0.5, n as u64 + 1));
    }
}

#[test]
fn averages_are_sums() {
    held(AveragedModel::ema(&weights(9.0), 0.9), |_| 0.9);
    held(AveragedModel::ema(&weights(9.0), 0.9).warmed(true), |n| 0.9f64.min((1.0 + n) / (10.0 + n)));
    held(AveragedModel::swa(&weights(9.0)).warmed(true), |n| n / (n + 1.0));
}

#[test]
fn an_average_goes_on_from_a_file() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("average.safetensors");
    let mut whole = AveragedModel::ema(&weights(1.0), 0.75).warmed(true);
    given()[..10].iter().for_each(|&x| whole.update(&weights(x)));
    whole.model().save(&path).expect("it is written");
    let mut again = AveragedModel::ema(&weights(3.0), 0.75).warmed(true);
    again.model_mut().load(&path).expect("it is read");
    again.set_updates(whole.updates());
    for &x in &given()[10..] {
        whole.update(&weights(x));
        again.update(&weights(x));
    }
    assert_eq!(again.model()[0].as_slice(), whole.model()[0].as_slice());
    assert_eq!(again.model()[1].as_slice(), whole.model()[1].as_slice());
}

/// Averages of halves in single precision; statistics are those of the model.
#[test]
fn halves_are_averaged_in_single_precision() {
    let half: Linear<D<2>, D<1>, Weights<bf16>> = Linear::<D<2>, D<1>>::new(Key::new(0)).cast();
    let mut average = AveragedModel::ema(&half.cast::<f32>(), 0.999);
    let mut moved = half.clone();
    moved.weight.as_mut_slice()[0] = bf16::from_f32(1.0);
    let start = half.weight.as_slice()[0].to_f32();
    average.update(&half.cast());
    average.update(&moved.cast());
    let found = average.model().weight.as_slice()[0];
    assert!((found - (start + 0.001 * (1.0 - start))).abs() < 1e-6, "{found}");

    let mut model = BatchNorm::<D<2>>::new();
    let mut average = AveragedModel::swa(&model);
    average.update(&model);
    model.running_mean.as_mut_slice().fill(3.0);
    average.update(&model);
    assert_eq!(average.model().running_mean.as_slice(), [3.0, 3.0]);
}

#[test]
fn what_does_not_fit_is_refused() {
    for bad in [f64::NAN, -0.1, 1.0] {
        assert!(matches!(attempt(|| AveragedModel::ema(&weights(1.0), bad)), Err(Error::Value { .. })), "{bad}");
    }
    let mut average = AveragedModel::swa(&weights(1.0));
    let mut longer = weights(2.0);
    longer.push(longer[0].clone());
    assert!(attempt(|| average.update(&longer)).is_err());
    assert_eq!((average.updates(), average.model()[0].as_slice()), (0, &[1.0, -1.0][..]));
}
