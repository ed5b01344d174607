//! Rows of what other devices and their compilers do.
//!
//! Apart from the other groups: of these only fusion and the allocator are there.

use congruent::prelude::*;

rows! {
    "GPU features";
    "fusion": "numexpr", "torch.compile" => "(&x * 2.0 + 1.0).sqrt()",
        "expressions are fused by their type: one loop, on the CPU" {
        let x = Cpu.tensor([4.0, 12.0]);
        assert_eq!((&x * 2.0 + 1.0).sqrt().eval(), Cpu.tensor([3.0, 5.0]));
    }
    "caching allocator": "", "torch.cuda.memory" =>
        "",
        "on purpose: freed buffers are kept for the next of their size, without being asked; `CONGRUENT_POOL=off` \
         turns it off" {}
    "custom kernels, graphs, streams, multi-GPU, cuDNN": "", "torch.cuda.*" => "", "not yet: GPUs" {}
    "AMP": "", "torch.autocast" => "", "not yet: mixed precision" {}
    "flash attention": "", "F.scaled_dot_product_attention" => "", "not yet: attention as one operation" {}
}
