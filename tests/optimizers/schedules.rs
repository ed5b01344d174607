//! Schedules against PyTorch's, whose rates of steps 0 to 100 are in `golden/schedules.npz`, and closed forms.

use crate::kinds::read;
use congruent::optim::{OneCycle, Plateau, PlateauState};
use congruent::prelude::*;

#[track_caller]
fn close(case: &str, found: impl Iterator<Item = f64>) {
    let expected = read("schedules", case);
    let found: Vec<f64> = found.collect();
    assert_eq!(found.len(), expected.len(), "{case}");
    for (step, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert!((found - expected).abs() < 1e-12, "{case}, step {step}: found {found}, expected {expected}");
    }
}

#[test]
fn rates_are_those_of_pytorch() {
    let cycle = OneCycle::new(0.1, 102);
    let cases = [
        ("step", Schedule::step(0.1, 30, 0.5)),
        ("multistep", Schedule::multistep(0.1, &[10, 30, 30, 80], 0.3)),
        ("exponential", Schedule::exponential(0.1, 0.97)),
        ("cosine", Schedule::cosine(0.1, 0.01, 40)),
        ("restarts", Schedule::cosine_restarts(0.1, 0.01, 10, 1)),
        ("longer_restarts", Schedule::cosine_restarts(0.1, 0.0, 10, 2)),
        ("linear", Schedule::linear(0.02, 0.1, 25)),
        ("polynomial", Schedule::polynomial(0.1, 60, 2.0)),
        ("one_cycle", cycle.into()),
        ("one_cycle_linear", cycle.pct_start(0.2).linear().div_factor(10.0).into()),
        ("one_cycle_three", cycle.three_phase().final_div_factor(100.0).into()),
        ("sequential", Schedule::linear(0.01, 0.1, 10).then(Schedule::cosine(0.1, 0.01, 91))),
        (
            "chained",
            Schedule::constant(0.5).lasting(20).then(Schedule::constant(1.0)) * Schedule::exponential(0.1, 0.9),
        ),
        ("function", Schedule::lambda(|step| 0.1 / (1.0 + step as f64))),
        ("noam", Schedule::noam(2.0, 512, 30)),
    ];
    for (case, schedule) in cases {
        close(case, (0..101).map(|step| schedule.at(step)));
    }
}

#[test]
fn plateaus_are_those_of_pytorch_and_go_on_from_text() {
    let metrics = read("schedules", "metrics");
    let smallest = Plateau::new(0.1).factor(0.5).patience(3).cooldown(4).least(0.002);
    let largest = Plateau::new(0.1).largest().absolute(0.01).patience(1).factor(0.7);
    for (case, plateau, sign) in [("plateau", smallest, 1.0), ("plateau_largest", largest, -1.0)] {
        let (mut whole, mut parts) = (plateau.clone(), plateau.clone());
        close(case, metrics.iter().map(|metric| whole.observe(sign * metric)));
        let rates = metrics.iter().map(|metric| {
            let text = parts.state().to_string();
            parts = plateau.clone();
            parts.resume(text.parse().expect("our own text"));
            parts.observe(sign * metric)
        });
        close(case, rates.collect::<Vec<_>>().into_iter());
        assert_eq!(parts, whole);
    }
    for text in
        ["", "0.1", "0.1 inf 0 0 ", "0.1 inf 0 0 0", "-1 inf 0 0", "NaN inf 0 0", "0.1 inf -1 0", "0.1  inf 0 0"]
    {
        let error = text.parse::<PlateauState>().expect_err(text).to_string();
        assert!(error.contains("two counts"), "{error}");
    }
}

#[test]
fn warm_ups_rise_along_a_line() {
    let schedule = Schedule::warmup(0.2, 9).then(Schedule::cosine(0.2, 0.0, 90));
    for step in 0..10 {
        assert!((schedule.at(step) - 0.02 * (step + 1) as f64).abs() < 1e-15);
    }
    assert_eq!((schedule.length(), Schedule::warmup(0.2, 0).at(0)), (Some(99), 0.2));
}

/// The last step number there is, and the shortest of all settings.
#[test]
fn no_step_is_too_late() {
    let cycle = OneCycle::new(0.1, 1);
    let schedules: [Schedule; 13] = [
        Schedule::step(0.1, 1, 0.5),
        Schedule::multistep(0.1, &[], 0.3),
        Schedule::exponential(0.1, 0.97),
        Schedule::cosine(0.1, 0.01, 1),
        Schedule::cosine(0.1, 0.01, u64::MAX),
        Schedule::cosine_restarts(0.1, 0.01, 1, 1),
        Schedule::cosine_restarts(0.1, 0.01, 1, u64::MAX),
        Schedule::polynomial(0.1, 1, 0.0),
        cycle.into(),
        OneCycle::new(0.1, 10).pct_start(0.1).into(),
        OneCycle::new(0.1, 10).pct_start(1.0).three_phase().into(),
        Schedule::noam(1.0, 1, 1),
        Schedule::warmup(0.1, u64::MAX).then(Schedule::constant(0.1)),
    ];
    for (place, schedule) in schedules.iter().enumerate() {
        for step in [0, 1, 2, u64::MAX - 1, u64::MAX] {
            let lr = schedule.at(step);
            assert!((0.0..=1.0).contains(&lr), "schedule {place}, step {step}: {lr}");
        }
    }
    let mut opt = Sgd::new(&Linear::<D<1>, D<1>>::new(Key::new(0)), 0.1);
    opt.set_steps(u64::MAX);
    assert_eq!(opt.follow(&Schedule::linear(0.1, 0.02, 5)), 0.02);
    let refused = attempt(|| opt.follow(&Schedule::lambda(|_| f64::NAN)));
    assert!(refused.is_err() && opt.lr() == 0.02);
}

#[test]
fn settings_are_checked() {
    let refused = |what: &str, make: &dyn Fn()| {
        let error = attempt(make).expect_err(what);
        assert!(matches!(error, Error::Value { .. }), "{what}: {error}");
    };
    for bad in [f64::NAN, f64::INFINITY, -1e-3] {
        refused("constant", &|| drop(Schedule::constant(bad)));
        refused("step", &|| drop(Schedule::step(bad, 1, 0.5)));
        refused("step", &|| drop(Schedule::step(0.1, 1, bad)));
        refused("multistep", &|| drop(Schedule::multistep(0.1, &[], bad)));
        refused("exponential", &|| drop(Schedule::exponential(0.1, bad)));
        refused("linear", &|| drop(Schedule::linear(0.1, bad, 1)));
        refused("polynomial", &|| drop(Schedule::polynomial(0.1, 1, bad)));
        refused("cosine", &|| drop(Schedule::cosine(0.1, bad, 1)));
        refused("restarts", &|| drop(Schedule::cosine_restarts(bad, 0.1, 1, 1)));
        refused("warmup", &|| drop(Schedule::warmup(bad, 1)));
        refused("noam", &|| drop(Schedule::noam(bad, 1, 1)));
        refused("cycle", &|| _ = OneCycle::new(bad, 1));
        for bad in [bad, 0.0] {
            refused("div", &|| _ = OneCycle::new(0.1, 1).div_factor(bad));
            refused("final div", &|| _ = OneCycle::new(0.1, 1).final_div_factor(bad));
        }
        refused("start", &|| _ = OneCycle::new(0.1, 1).pct_start(bad));
        refused("plateau", &|| _ = Plateau::new(bad));
        refused("factor", &|| _ = Plateau::new(0.1).factor(bad));
        refused("threshold", &|| _ = Plateau::new(0.1).threshold(bad));
        refused("threshold", &|| _ = Plateau::new(0.1).absolute(bad));
        refused("least", &|| _ = Plateau::new(0.1).least(bad));
        refused("eps", &|| _ = Plateau::new(0.1).eps(bad));
    }
    refused("factor", &|| _ = Plateau::new(0.1).factor(1.0));
    refused("step", &|| drop(Schedule::step(0.1, 0, 0.5)));
    refused("linear", &|| drop(Schedule::linear(0.1, 0.2, 0)));
    refused("polynomial", &|| drop(Schedule::polynomial(0.1, 0, 1.0)));
    refused("cosine", &|| drop(Schedule::cosine(0.1, 0.0, 0)));
    refused("restarts", &|| drop(Schedule::cosine_restarts(0.1, 0.0, 0, 1)));
    refused("restarts", &|| drop(Schedule::cosine_restarts(0.1, 0.0, 1, 0)));
    refused("noam", &|| drop(Schedule::noam(1.0, 0, 1)));
    refused("noam", &|| drop(Schedule::noam(1.0, 1, 0)));
    refused("cycle", &|| _ = OneCycle::new(0.1, 0));
    let error = attempt(|| Schedule::constant(0.1).then(Schedule::constant(0.2))).map(drop).expect_err("no end");
    assert!(error.to_string().contains("lasting"), "{error}");
}

#[test]
fn a_plateau_counts_no_further_than_it_can() {
    let mut plateau = Plateau::new(0.1).patience(u64::MAX);
    plateau.resume("0.1 0 18446744073709551615 0".parse().expect("four numbers"));
    assert_eq!(plateau.observe(1.0), 0.1);
    assert!("0.1 NaN 0 0".parse::<PlateauState>().is_err() && "NaN 0 0 0".parse::<PlateauState>().is_err());
}
