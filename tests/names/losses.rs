//! Rows of losses. A loss is a mean unless it says otherwise.
//!
//! Apart from `layers`: these are methods of predictions.

use congruent::prelude::*;

rows! {
    "losses";
    given {
        let (x, y) = (Cpu.tensor([0.5, 2.0]), Cpu.tensor([1.0, 4.0]));
        let logits = Cpu.tensor([[0.0, 0.0], [1000.0, 0.0]]);
        let labels = Cpu.tensor([1, 0]);
        let is = |found: Tensor<Shape![]>, expected: f32| (found.item() - expected).abs() < 1e-5;
    }
    "mse": "", "F.mse_loss" => "x.mse(&y)", "before the mean: `squared_error`; each loss has such a term" {
        assert!(is(x.mse(&y).eval(), 2.125));
    }
    "l1": "", "F.l1_loss" => "x.l1(&y)", "" {
        assert!(is(x.l1(&y).eval(), 1.25));
    }
    "smooth_l1": "", "F.smooth_l1_loss" => "x.smooth_l1(&y, 1.0)", "" {
        assert!(is(x.smooth_l1(&y, 1.0).eval(), 0.8125));
    }
    "huber": "", "F.huber_loss" => "x.huber(&y, 1.0)", "" {
        assert!(is(x.huber(&y, 1.0).eval(), 0.8125));
    }
    "bce": "", "F.binary_cross_entropy" => "Cpu.tensor([0.5]).bce(&Cpu.tensor([1.0]))", "" {
        assert!(is(Cpu.tensor([0.5]).bce(&Cpu.tensor([1.0])).eval(), 2f32.ln()));
    }
    "bce_with_logits": "", "F.binary_cross_entropy_with_logits" =>
        "Cpu.tensor([1000.0]).bce_with_logits(&Cpu.tensor([0.0]))", "" {
        assert!(is(Cpu.tensor([1000.0]).bce_with_logits(&Cpu.tensor([0.0])).eval(), 1000.0));
    }
    "ce": "", "F.cross_entropy" => "logits.cross_entropy(&labels)",
        "smoothed: `cross_entropy_smoothed`; soft labels: `cross_entropy_probs`" {
        assert!(is(logits.cross_entropy(&labels).eval(), 2f32.ln() / 2.0));
    }
    "ce with ignore_index, weight": "", "F.cross_entropy(x, y, weight=w, ignore_index=-100, label_smoothing=0.1)" =>
        "logits.cross_entropy_by(&labels, &LabelRule::new().ignore_index(-100).weight(&w).label_smoothing(0.1))",
        "the mean is over the weights of the labels that count, as PyTorch's; `nll_by` likewise" {
        let w = Cpu.tensor([1.0, 1.0]);
        let expected = logits.cross_entropy_smoothed(&labels, 0.1).eval().item();
        let loss =
            logits.cross_entropy_by(&labels, &LabelRule::new().ignore_index(-100).weight(&w).label_smoothing(0.1));
        assert!(is(loss.eval(), expected));
    }
    "Reduction": "", "reduction='none' | reduction='sum'" =>
        "logits.cross_entropy_terms(&labels, &LabelRule::new())",
        "each loss has its terms (`nll_terms`, `squared_error`, `binary_entropy_with_logits`, ..), and `.sum()`" {
        assert!(is(logits.cross_entropy_terms(&labels, &LabelRule::new()).sum().eval(), 2f32.ln()));
        assert!(is(x.squared_error(&y).sum().eval(), 4.25));
    }
    "nll": "", "F.nll_loss" => "logits.log_softmax().nll(&labels)", "" {
        assert!(is(logits.log_softmax().nll(&labels).eval(), 2f32.ln() / 2.0));
    }
    "kldiv": "", "F.kl_div(.., reduction='batchmean')" => "p.ln().kl_div(&p)", "" {
        let p = Cpu.tensor([[0.5, 0.5]]);
        assert!(is(p.ln().kl_div(&p).eval(), 0.0));
    }
    "cosine_embed": "", "F.cosine_embedding_loss" => "a.cosine_embedding(&b, &Cpu.tensor([1.0]), 0.5)", "" {
        let (a, b) = (Cpu.tensor([[1.0, 0.0]]), Cpu.tensor([[0.0, 2.0]]));
        assert!(is(a.cosine_embedding(&b, &Cpu.tensor([1.0]), 0.5).eval(), 1.0));
    }
    "triplet": "", "F.triplet_margin_loss" => "a.triplet_margin(&b, &c, 1.0)", "" {
        let (a, b, c) = (Cpu.tensor([[0.0, 0.0]]), Cpu.tensor([[3.0, 4.0]]), Cpu.tensor([[0.0, 5.5]]));
        assert!(is(a.triplet_margin(&b, &c, 1.0).eval(), 0.5));
    }
    "margin": "", "F.margin_ranking_loss" => "x.margin_ranking(&y, &Cpu.tensor([1.0, -1.0]), 0.5)", "" {
        assert!(is(x.margin_ranking(&y, &Cpu.tensor([1.0, -1.0]), 0.5).eval(), 0.5));
    }
    "hinge": "", "F.hinge_embedding_loss" => "x.hinge_embedding(&Cpu.tensor([1.0, -1.0]), 3.0)", "" {
        assert!(is(x.hinge_embedding(&Cpu.tensor([1.0, -1.0]), 3.0).eval(), 0.75));
    }
    "svm": "", "keras.losses.hinge" => "x.hinge(&Cpu.tensor([1.0, -1.0]))", "targets 1 and -1" {
        assert!(is(x.hinge(&Cpu.tensor([1.0, -1.0])).eval(), 1.75));
    }
    "soft_margin": "", "F.soft_margin_loss" => "x.soft_margin(&Cpu.tensor([1.0, -1.0]))", "targets 1 and -1" {
        assert!(is(x.soft_margin(&Cpu.tensor([1.0, -1.0])).eval(), 1.3005025));
    }
    "multi_margin": "", "F.multi_margin_loss" => "scores.multi_margin(&Cpu.tensor([0]), 1.0)", "" {
        let scores = Cpu.tensor([[0.5, 1.0, -2.0]]);
        assert!(is(scores.multi_margin(&Cpu.tensor([0]), 1.0).eval(), 0.5));
    }
    "poisson": "", "F.poisson_nll_loss" => "Cpu.tensor([0.0]).poisson_nll(&Cpu.tensor([3.0]))", "" {
        assert!(is(Cpu.tensor([0.0]).poisson_nll(&Cpu.tensor([3.0])).eval(), 1.0));
    }
    "gaussian_nll": "", "F.gaussian_nll_loss" => "x.gaussian_nll(&y, &Cpu.tensor([1.0, 1.0]), 1e-6)", "" {
        assert!(is(x.gaussian_nll(&y, &Cpu.tensor([1.0, 1.0]), 1e-6).eval(), 1.0625));
    }
    "focal": "", "torchvision.ops.sigmoid_focal_loss" => "logits.focal(&labels, 2.0)",
        "of binary log-odds: `focal_with_logits`" {
        assert!(is(logits.focal(&labels, 2.0).eval(), 0.25 * 2f32.ln() / 2.0));
    }
    "ctc": "", "F.ctc_loss(p.transpose(0, 1), labels, steps, counts)" =>
        "p.ctc(&labels, &steps, &counts, Ctc::default())",
        "the batch comes first; `reduction=\"none\"` is `ctc_terms`; `Ctc { blank, zero_infinity }`" {
        use congruent::ops::Ctc;
        let p = Cpu.zeros::<Shape![1, 2, 3]>().log_softmax().eval();
        let (labels, steps, counts) = (Cpu.tensor([[1]]), Cpu.tensor([2]), Cpu.tensor([1]));
        assert!(is(p.ctc(&labels, &steps, &counts, Ctc::default()).eval(), 3f32.ln()));
    }
    "rnnt": "", "torchaudio.functional.rnnt_loss(p, labels, steps, counts, blank=0, fused_log_softmax=False)" =>
        "p.rnnt(&labels, &steps, &counts, 0)", "of log-probabilities" {
        let p = Cpu.zeros::<Shape![1, 2, 2, 3]>().log_softmax().eval();
        let (labels, steps, counts) = (Cpu.tensor([[1]]), Cpu.tensor([2]), Cpu.tensor([1]));
        assert!(is(p.rnnt(&labels, &steps, &counts, 0).eval(), 13.5f32.ln()));
    }
}
