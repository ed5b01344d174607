//! Rows of training loops.
//!
//! Apart from `training`, which has the step.

use congruent::prelude::*;

rows! {
    "training loop";
    given {
        let data = Loader::new(TensorDataset::new((Cpu.ones::<Shape![4, 1]>(),))?, D::<2>)?;
        let mut model = Linear::<D<1>, D<1>>::new(Key::new(0));
        let mut optimizer = Sgd::new(&model, 0.1);
    }
    "Trainer, early stop, checkpoints, resume": "", "lightning.Trainer(max_epochs=3).fit(model, loader)" =>
        "trainer.epochs(3).fit(&data, |m, (x,)| m.forward(&x).square().mean())?",
        "`patience`, `checkpoints`, `resume`, `accumulate`, `clip_grad_norm`, `validate`: `guide::training`" {
            let trainer = congruent::training::Trainer::new(&mut model, &mut optimizer);
            let report = trainer.epochs(3).fit(&data, |m, (x,)| m.forward(&x).square().mean())?;
            assert_eq!((report.history.len(), report.steps), (3, 6));
        }
    "": "", "lightning Tuner.lr_find | fastai lr_find" =>
        "find_lr(&model, &optimizer, &data, range, |m, (x,)| m.forward(&x).square().mean())?",
        "the curve, and `suggestion()`" {
            use congruent::training::{LrRange, find_lr};
            let range = LrRange::default();
            let curve = find_lr(&model, &optimizer, &data, range, |m, (x,)| m.forward(&x).square().mean())?;
            assert!(curve.points.len() > 10);
        }
    "": "", "lightning Trainer(overfit_batches=1)" =>
        "overfit(&model, &optimizer, &batch, 50, Key::new(1), |m, x| m.forward(&x).square().mean())?", "of a copy" {
            use congruent::training::overfit;
            let batch = Cpu.ones::<Shape![2, 1]>();
            let losses = overfit(&model, &optimizer, &batch, 50, Key::new(1), |m, x| m.forward(&x).square().mean())?;
            assert!(losses[49] < losses[0]);
        }
    "mixed precision": "", "torch.autocast(dtype=torch.bfloat16)" =>
        "model.value_and_grad_in::<bf16, _>(1.0, |m| m.forward(&x).square().mean())?",
        "the whole model, with weights and gradients of `f32`" {
            let (x, before) = (Cpu.ones_of::<bf16, _>((D::<2>, D::<1>)), optimizer.steps());
            let (_, grads) = model.value_and_grad_in::<bf16, _>(1.0, |m| m.forward(&x).square().mean())?;
            optimizer.step(&mut model, &grads);
            assert_eq!(optimizer.steps(), before + 1);
        }
    "": "", "torch.amp.GradScaler" => "if scale.accepts(&grads) { optimizer.step(&mut model, &grads) }",
        "of `value_and_grad_in::<f16, _>(scale.value(), ..)`" {
            let (mut scale, x) = (congruent::optim::LossScale::new(), Cpu.ones_of::<f16, _>((D::<2>, D::<1>)));
            let step = |m: &Linear<D<1>, D<1>>, scale| m.value_and_grad_in::<f16, _>(scale, |m| m.forward(&x).mean());
            let (_, grads) = step(&model, scale.value())?;
            let before = optimizer.steps();
            if scale.accepts(&grads) { optimizer.step(&mut model, &grads) }
            assert_eq!(optimizer.steps(), before + 1);
        }
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
    "logs, progress bar, TUI": "", "SummaryWriter(folder).add_scalar('loss/train', 0.5, step)" =>
        "board.scalar(\"loss/train\", step, 0.5)?", "`text`, `histogram`; of a run: `trainer.tensorboard(folder)`" {
            let (folder, step) = (tempfile::tempdir()?, 3);
            let mut board = congruent::training::TensorBoard::create(folder.path())?;
            board.scalar("loss/train", step, 0.5)?;
            let file = std::fs::read(board.path())?;
            assert!(file.windows(10).any(|bytes| bytes == b"loss/train"));
        }
    "": "", "tqdm | rich | textual" => "",
        "not yet: displays; `watch` and the log of a `Trainer` are what they are made of" {}
}
