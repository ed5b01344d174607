//! Rows of training loops, which users write.
//!
//! Apart from `training`, which has the step.

use congruent::prelude::*;

rows! {
    "training loop";
    "Trainer, early stop, checkpoints, resume": "", "lightning.Trainer" => "",
        "not yet: a trainer; the loop is yours, and a `Checkpoint` and `key.fold_in(epoch)` resume it" {}
    "metrics": "sklearn.metrics.confusion_matrix(t, y)", "torchmetrics.ConfusionMatrix" =>
        "seen.observe(&logits, &labels)?", "`seen: Confusion<D<3>>`, over batches: `counts()`, `accuracy()`, `class(0)`"
        {
            let (logits, labels) = (Cpu.tensor([[1.0, 0.0, 5.0], [0.0, 2.0, 1.0]]), Cpu.tensor([2, 0]));
            let mut seen = congruent::metrics::Confusion::<D<3>>::new();
            seen.observe(&logits, &labels)?;
            assert_eq!((seen.accuracy(), seen.class(2).recall), (0.5, 1.0));
        }
    "": "sklearn.metrics.f1_score(t, y, average='macro')", "torchmetrics.F1Score" =>
        "seen.averaged(Averaged::Macro).f1", "`precision` and `recall` likewise; `Weighted`, `Micro`" {
            use congruent::metrics::{Averaged, Confusion};
            let mut seen = Confusion::<D<2>>::new();
            seen.observe_answers(&Cpu.tensor([0, 1, 1, 1]), &Cpu.tensor([0, 0, 1, 1]))?;
            assert!((seen.averaged(Averaged::Macro).f1 - (2.0 / 3.0 + 0.8) / 2.0).abs() < 1e-12);
        }
    "": "sklearn.metrics.roc_auc_score(t, s)", "torchmetrics.AUROC" => "roc_auc(&scores, &truth)?",
        "`average_precision`, `top_k_accuracy` and `r2_score` beside it, in `congruent::metrics`" {
            use congruent::metrics::roc_auc;
            let (scores, truth) = (Cpu.tensor([0.1, 0.4, 0.35, 0.8]), Cpu.tensor([false, false, true, true]));
            assert_eq!(roc_auc(&scores, &truth)?, 0.75);
        }
    "": "", "torchmetrics.MeanMetric" => "loss.add(mean, examples)", "`value()`; of cross entropies `perplexity()`" {
            let mut loss = congruent::metrics::WeightedMean::new();
            let (mean, examples) = (2.0_f32, 32);
            loss.add(mean, examples);
            assert_eq!(loss.value(), 2.0);
        }
    "summary": "", "torchinfo.summary(m)" => "println!(\"{}\", m.summary())",
        "parameters alone; what running it costs: `m.forward(&x).explain()`" {
        let m = Linear::<D<2>, D<3>>::new(Key::new(0));
        println!("{}", m.summary());
        assert_eq!((m.summary().parameters(), m.summary().bytes()), (9, 36));
    }
    "logs, progress bar, TUI": "", "torch.utils.tensorboard" => "", "not yet: displays" {}
}
