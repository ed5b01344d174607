//! Rows of training loops, which users write.
//!
//! Apart from `training`, which has the step.

rows! {
    "training loop";
    "Trainer, early stop, checkpoints, resume": "", "lightning.Trainer" => "",
        "not yet: a trainer; the loop is yours, and a `Checkpoint` and `key.fold_in(epoch)` resume it" {}
    "metrics, logs, summary, progress bar, TUI": "", "torchmetrics | torch.utils.tensorboard" => "",
        "not yet: metrics and displays" {}
}
