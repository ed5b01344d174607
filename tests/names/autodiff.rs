//! Rows of automatic differentiation.
//!
//! Apart from `layers`: here a single parameter is a model.

use congruent::optim::{clip_grad_norm, clip_grad_value};
use congruent::prelude::*;

rows! {
    "autodiff";
    given { let w: Param<Shape![2]> = Cpu.tensor([3.0, 4.0]).into(); }
    "reverse": "", "loss.backward() | torch.autograd.grad" => "w.value_and_grad(|w| w.square().sum())", "" {
        assert_eq!(w.value_and_grad(|w| w.square().sum())?.1.as_slice(), [6.0, 8.0]);
    }
    "no_grad": "", "torch.no_grad() | torch.inference_mode()" => "w.infer(|w| w.sum().eval().item())",
        "nothing is recorded: the model is made of constants" {
        assert_eq!(w.infer(|w| w.sum().eval().item())?, 7.0);
    }
    "detach": "", "x.detach()" => "w.stop_gradient()", "" {
        assert_eq!(w.value_and_grad(|w| (w * w.stop_gradient()).sum())?.1.as_slice(), [3.0, 4.0]);
    }
    "clip by norm": "", "clip_grad_norm_" => "clip_grad_norm(&mut grads, 1.0)",
        "`use congruent::optim::clip_grad_norm`; `clip_grad_norm_on_device` waits for no number" {
        let (_, mut grads) = w.value_and_grad(|w| (w.square() * 0.5).sum())?;
        assert_eq!(clip_grad_norm(&mut grads, 1.0), 5.0);
    }
    "clip by value": "", "clip_grad_value_" => "clip_grad_value(&mut grads, 3.5)", "" {
        let (_, mut grads) = w.value_and_grad(|w| (w.square() * 0.5).sum())?;
        clip_grad_value(&mut grads, 3.5);
        assert_eq!(grads.as_slice(), [3.0, 3.5]);
    }
    "custom grad": "", "torch.autograd.Function" => "x.pass_through()",
        "of a formula: `derivative = ..` in `elementwise!`" {
        congruent::elementwise! { pub trait Mine; /// Rounds; the gradient passes through.
            PassThrough: pass_through(x) = x.round(), derivative = V::c(1.0), except_at = [0.5], for x in -0.4..0.4; }
        assert_eq!(w.value_and_grad(|x| x.pass_through().sum())?.1.as_slice(), [1.0, 1.0]);
    }
    "requires_grad": "", "x.requires_grad_()" => "",
        "on purpose: what has a gradient is a type, `Param`, and a constant is a tensor" {}
    "retain_graph": "", "loss.backward(retain_graph=True)" => "",
        "on purpose: a graph is consumed by its one backward; two losses are added, or differentiated by two calls" {}
    "zero_grad": "", "optimizer.zero_grad()" => "w.zero_grads()",
        "each call returns new gradients: only sums begin with it" {
        assert!(!w.zero_grads().reached());
    }
    "grad accumulation": "", "loss.backward() twice" => "total.accumulate(&grads)",
        "`total.scale(0.5)`, `.norm()`, `.norms()`, `.retain(..)`, `.mask(..)`, `.visit(..)`" {
        let (_, grads) = w.value_and_grad(|w| w.square().sum())?;
        let mut total = w.zero_grads();
        total.accumulate(&grads);
        total.accumulate(&grads);
        assert_eq!(total.as_slice(), [12.0, 16.0]);
    }
    "several outputs": "", "return recon, mu, logvar" => "(w * 2.0).keep()",
        "`Keep<S, P>` is its type; used any number of times in the call, also outside of the model" {
        let step = w.value_and_grad(|w| {
            let hidden = (w * 2.0).keep();
            hidden.sum() + hidden.square().sum()
        });
        assert_eq!(step?.1.as_slice(), [26.0, 34.0]);
    }
    "forward/jvp": "", "torch.func.jvp" => "", "not yet: forward mode for graphs; formulas have it, by dual numbers" {}
    "higher order": "", "create_graph=True" => "", "not yet: second derivatives" {}
    "jacobian, hessian": "", "torch.func.jacrev | torch.func.hessian" => "",
        "not yet: second derivatives; a row of a Jacobian is one `value_and_grad`" {}
    "checkpointing": "", "torch.utils.checkpoint" => "", "not yet: recomputing in place of keeping" {}
    "hooks": "", "x.register_hook" => "",
        "not yet: hooks; what is wanted beside the loss is returned by `value_grad_and`" {}
    "per-sample grad, vmap": "", "torch.func.vmap" => "", "not yet: `vmap`; operations take leading axes" {}
    "explain": "", "torch._dynamo.explain(f)(x) | FlopCounterMode" => "y.explain()",
        "what fuses, what is stored, bytes and flops; computes nothing: chapter `guide::performance`" {
        let x = Cpu.ones::<Shape![2, 3]>();
        let y = (x.exp() + 1.0) / &x;
        let explanation = y.explain();
        assert_eq!(explanation.steps()[0].formula(), "div(add(exp(a), 1.0), a)");
        assert_eq!((explanation.bytes_read(), explanation.flops()), (Some(24), Some(18)));
    }
    "gradcheck": "", "torch.autograd.gradcheck" => "", "not yet: a finite-difference check for users' own formulas" {}
}
