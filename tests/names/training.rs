//! Rows of optimizers.
//!
//! Apart from `later`, which names the schedules and trainers that are not there yet.

use congruent::optim::{Adagrad, RmsProp};
use congruent::prelude::*;

rows! {
    "optimizers";
    given {
        let mut w: Param<Shape![2]> = Cpu.tensor([1.0, -5.0]).into();
        let (_, grads) = w.value_and_grad(|w| w.square().sum())?;
        let near = |w: &Param<Shape![2]>, expected: [f32; 2]| w.tensor().allclose(&Cpu.tensor(expected), 1e-4, 1e-5);
    }
    "SGD": "", "optim.SGD(params, lr=0.25)" => "Sgd::new(&w, 0.25)", "`opt.step(&mut model, &grads)`; nothing to zero" {
        let mut opt = Sgd::new(&w, 0.25);
        opt.step(&mut w, &grads);
        assert!(near(&w, [0.5, -2.5]));
    }
    "momentum, nesterov": "", "SGD(.., momentum=0.9, nesterov=True)" =>
        "Sgd::new(&w, 0.25).momentum(0.9).nesterov(true)", "" {
        let mut opt = Sgd::new(&w, 0.25).momentum(0.9).nesterov(true);
        let mut w = w.clone();
        opt.step(&mut w, &grads);
        assert!(w.as_slice()[0] < 0.5);
    }
    "weight decay": "", "SGD(.., weight_decay=0.1)" => "AdamW::new(&w, 0.1).weight_decay(0.1)", "" {
        let opt = AdamW::new(&w, 0.1).weight_decay(0.1);
        assert_eq!(opt.lr(), 0.1);
    }
    "Adam": "", "optim.Adam" => "Adam::new(&w, 0.1)", "" {
        let (mut opt, mut w) = (Adam::new(&w, 0.1), w.clone());
        let before = w.as_slice()[0];
        opt.step(&mut w, &grads);
        assert!((before - w.as_slice()[0] - 0.1).abs() < 1e-5);
    }
    "AdamW": "", "optim.AdamW" => "AdamW::new(&w, 0.1)", "decoupled decay, 0.01 by default" {
        assert_eq!(AdamW::new(&w, 0.1).steps(), 0);
    }
    "RMSprop": "", "optim.RMSprop" => "RmsProp::new(&w, 0.01)", "" {
        let (mut opt, mut w) = (RmsProp::new(&w, 0.01), w.clone());
        let before = w.as_slice()[0];
        opt.step(&mut w, &grads);
        assert!((before - w.as_slice()[0] - 0.1).abs() < 1e-5);
    }
    "Adagrad": "", "optim.Adagrad" => "Adagrad::new(&w, 0.1)", "" {
        let (mut opt, mut w) = (Adagrad::new(&w, 0.1), w.clone());
        let before = w.as_slice()[0];
        opt.step(&mut w, &grads);
        assert!((before - w.as_slice()[0] - 0.1).abs() < 1e-5);
    }
    "param groups": "", "optim.AdamW([{'params': .., 'lr': ..}])" =>
        "AdamW::new(&model, 1e-3).group(|name, hyper| if name.ends_with(\"bias\") { hyper.weight_decay = 0.0 })",
        "by name" {
        let model = Linear::<D<3>, D<2>>::new(Key::new(0));
        let opt = AdamW::new(&model, 1e-3).group(|name, hyper| if name.ends_with("bias") { hyper.weight_decay = 0.0 });
        assert_eq!(opt.lr(), 1e-3);
    }
    "param groups by shape": "", "[p for p in m.parameters() if p.ndim >= 2]" =>
        "AdamW::new(&model, 1e-3).group_by(|_, dims, hyper| if dims.len() < 2 { hyper.weight_decay = 0.0 })",
        "betas by group: `group_betas`" {
        let model = Linear::<D<3>, D<2>>::new(Key::new(0));
        let opt = AdamW::new(&model, 1e-3).group_by(|_, dims, hyper| if dims.len() < 2 { hyper.weight_decay = 0.0 });
        assert_eq!(opt.group_betas(|_, _, betas| betas.1 = 0.95).lr(), 1e-3);
    }
    "EMA, target network": "", "swa_utils.AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.99))" =>
        "ema.lerp_from(&w, 0.01)", "" {
        let mut ema = w.clone();
        ema.lerp_from(&w, 0.01);
        assert_eq!(ema.as_slice(), w.as_slice());
    }
    "state save": "", "torch.save(opt.state_dict(), path)" => "opt.save(&path)", "and `opt.load(&path)`" {
        let (folder, opt) = (tempfile::tempdir()?, AdamW::new(&w, 0.1));
        let path = folder.path().join("opt.safetensors");
        opt.save(&path)?;
        let mut again = AdamW::new(&w, 0.5);
        again.load(&path)?;
        assert_eq!(again.lr(), 0.1);
    }
    "Adadelta, NAdam, RAdam, Adamax, LBFGS, Lion, Muon, Adan, LAMB":
        "", "optim.Adadelta | optim.NAdam | optim.RAdam | optim.Adamax | optim.LBFGS | Lion | Muon | Adan | LAMB" =>
        "",
        "not yet: one formula each, see `Rule`" {}
}
