//! Rows of learning-rate schedules, which are not there yet.
//!
//! Apart from `training`, whose optimizers take any rate at each step.

rows! {
    "LR schedulers";
    "step, multistep, exp, cosine, cosine restarts, linear, poly":
        "", "optim.lr_scheduler.StepLR | CosineAnnealingLR | .." =>
        "",
        "not yet: schedules; `opt.set_lr(..)` before a step" {}
    "onecycle, warmup, noam, plateau, sequential, lambda":
        "", "optim.lr_scheduler.OneCycleLR | ReduceLROnPlateau | .." =>
        "",
        "not yet: schedules" {}
}
