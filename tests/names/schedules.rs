//! Rows of learning-rate schedules.
//!
//! Apart from `training`, whose optimizers take any rate at each step.

use congruent::optim::{OneCycle, Plateau};
use congruent::prelude::*;

rows! {
    "LR schedulers";
    given {
        let near = |schedule: &Schedule, step: u64, lr: f64| (schedule.at(step) - lr).abs() < 1e-12;
    }
    "step": "", "lr_scheduler.StepLR(opt, 30, gamma=0.5)" => "Schedule::step(0.4, 30, 0.5)",
        "`opt.follow(&schedule)` before a step: `opt.set_lr(schedule.at(opt.steps()))`" {
        let schedule = Schedule::step(0.4, 30, 0.5);
        let mut opt = Sgd::new(&Linear::<D<2>, D<1>>::new(Key::new(0)), 0.1);
        assert!(near(&schedule, 60, 0.1) && opt.follow(&schedule) == 0.4);
    }
    "multistep": "", "lr_scheduler.MultiStepLR(opt, [30, 80], gamma=0.5)" =>
        "Schedule::multistep(0.4, &[30, 80], 0.5)", "" {
        assert!(near(&Schedule::multistep(0.4, &[30, 80], 0.5), 80, 0.1));
    }
    "exp": "", "lr_scheduler.ExponentialLR(opt, 0.5)" => "Schedule::exponential(0.4, 0.5)", "" {
        assert!(near(&Schedule::exponential(0.4, 0.5), 2, 0.1));
    }
    "cosine": "", "lr_scheduler.CosineAnnealingLR(opt, 10, eta_min=0.1)" => "Schedule::cosine(0.5, 0.1, 10)",
        "from, to, steps" {
        assert!(near(&Schedule::cosine(0.5, 0.1, 10), 5, 0.3));
    }
    "cosine restarts": "", "lr_scheduler.CosineAnnealingWarmRestarts(opt, 10, T_mult=2)" =>
        "Schedule::cosine_restarts(0.5, 0.0, 10, 2)", "" {
        assert!(near(&Schedule::cosine_restarts(0.5, 0.0, 10, 2), 30, 0.5));
    }
    "linear": "", "lr_scheduler.LinearLR(opt, 1.0, 0.0, 100)" => "Schedule::linear(0.1, 0.0, 100)", "from, to, steps" {
        assert!(near(&Schedule::linear(0.1, 0.0, 100), 50, 0.05));
    }
    "poly": "", "lr_scheduler.PolynomialLR(opt, 10, 2.0)" => "Schedule::polynomial(0.4, 10, 2.0)", "" {
        assert!(near(&Schedule::polynomial(0.4, 10, 2.0), 5, 0.1));
    }
    "onecycle": "", "lr_scheduler.OneCycleLR(opt, 0.1, total_steps=100)" => "OneCycle::new(0.1, 100).into()",
        "`use congruent::optim::OneCycle`; momentum stays as it is" {
        let schedule: Schedule = OneCycle::new(0.1, 100).into();
        assert!(near(&schedule, 29, 0.1));
    }
    "warmup": "", "lr_scheduler.LinearLR(opt, 0.2, 1.0, 4)" => "Schedule::warmup(0.5, 4)",
        "never 0; then another: `Schedule::warmup(0.5, 4).then(..)`" {
        assert!(near(&Schedule::warmup(0.5, 4), 0, 0.1));
    }
    "noam": "", "" => "Schedule::noam(1.0, 512, 4000)", "that of the first transformer" {
        assert!(near(&Schedule::noam(1.0, 512, 4000), 3999, 1.0 / (512.0f64 * 4000.0).sqrt()));
    }
    "plateau": "", "lr_scheduler.ReduceLROnPlateau(opt, patience=1)" => "Plateau::new(0.1).patience(1)",
        "`opt.set_lr(plateau.observe(loss))`; `use congruent::optim::Plateau`" {
        let mut plateau = Plateau::new(0.1).patience(1);
        let rates = [1.0, 1.0, 1.0].map(|loss| plateau.observe(loss));
        assert!(rates[1] == 0.1 && (rates[2] - 0.01).abs() < 1e-12);
    }
    "sequential": "", "lr_scheduler.SequentialLR(opt, [a, b], [10])" => "a.lasting(10).then(b)",
        "`ChainedScheduler` is `a * b`" {
        let (a, b) = (Schedule::constant(0.1), Schedule::exponential(0.4, 0.5));
        let product = a.clone() * b.clone();
        assert!(near(&a.lasting(10).then(b), 11, 0.2) && near(&product, 1, 0.02));
    }
    "lambda": "", "lr_scheduler.LambdaLR(opt, lambda step: 1 / (1 + step))" =>
        "Schedule::lambda(|step| 0.1 / (1.0 + step as f64))", "the rate, not a factor of it" {
        assert!(near(&Schedule::lambda(|step| 0.1 / (1.0 + step as f64)), 4, 0.02));
    }
}
