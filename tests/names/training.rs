//! Rows of optimizers.
//!
//! Apart from `schedules`, whose rates they follow.

use congruent::optim::{Adadelta, Adagrad, Adamax, Adan, AveragedModel, Lamb, Lbfgs, Lion, Muon, NAdam, RAdam, RmsProp};
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
    "Adadelta": "", "optim.Adadelta" => "Adadelta::new(&w, 1.0)", "" {
        let (mut opt, mut w) = (Adadelta::new(&w, 1.0), w.clone());
        opt.step(&mut w, &grads);
        assert!(w.as_slice()[0] < 1.0);
    }
    "NAdam": "", "optim.NAdam" => "NAdam::new(&w, 0.1)", "" {
        assert_eq!(NAdam::new(&w, 0.1).lr(), 0.1);
    }
    "RAdam": "", "optim.RAdam" => "RAdam::new(&w, 0.1)", "" {
        assert_eq!(RAdam::new(&w, 0.1).lr(), 0.1);
    }
    "Adamax": "", "optim.Adamax" => "Adamax::new(&w, 0.1)", "" {
        let (mut opt, mut w) = (Adamax::new(&w, 0.1), w.clone());
        let before = w.as_slice()[0];
        opt.step(&mut w, &grads);
        assert!((before - w.as_slice()[0] - 0.1).abs() < 1e-5);
    }
    "AMSGrad": "", "optim.Adam(.., amsgrad=True)" => "Adam::new(&w, 0.1).amsgrad(true)", "AdamW, too" {
        assert_eq!(Adam::new(&w, 0.1).amsgrad(true).lr(), 0.1);
    }
    "Lion": "", "" => "Lion::new(&w, 0.25)", "`use congruent::optim::Lion`, and so the others" {
        let (mut opt, mut w) = (Lion::new(&w, 0.25), w.clone());
        let before = w.as_slice()[0];
        opt.step(&mut w, &grads);
        assert_eq!(before - w.as_slice()[0], 0.25);
    }
    "Muon": "", "optim.Muon" => "Muon::new(&model, 0.02)", "what is no matrix moves by AdamW" {
        let model = Linear::<D<3>, D<2>>::new(Key::new(0));
        let opt = Muon::new(&model, 0.02).by_adamw(|name, _dims| name.starts_with("head."));
        assert_eq!(opt.lr(), 0.02);
    }
    "Adan": "", "" => "Adan::new(&w, 0.1)", "" {
        assert_eq!(Adan::new(&w, 0.1).lr(), 0.1);
    }
    "LAMB": "", "" => "Lamb::new(&w, 0.1)", "" {
        assert_eq!(Lamb::new(&w, 0.1).lr(), 0.1);
    }
    "SWA": "", "swa_utils.AveragedModel(model)" => "AveragedModel::swa(&w)", "`AveragedModel::ema(&w, 0.999)`" {
        let mut average = AveragedModel::swa(&w);
        average.update(&w);
        assert_eq!(average.model().as_slice(), w.as_slice());
    }
    "LBFGS": "", "optim.LBFGS(.., line_search_fn='strong_wolfe')" => "Lbfgs::new(&w, 1.0).strong_wolfe(true)",
        "`opt.step_with(&mut model, |m| m.value_and_grad(..))?` is given the loss itself" {
        let (mut opt, mut w) = (Lbfgs::new(&w, 1.0).strong_wolfe(true), w.clone());
        opt.step_with(&mut w, |w| w.value_and_grad(|w| w.square().sum()))?;
        assert!(near(&w, [0.0, 0.0]));
    }
}
