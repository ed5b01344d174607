//! Rows of what other devices and their compilers do.
//!
//! Apart from the other groups: of these some are there on the CPU alone.

use congruent::prelude::*;

rows! {
    "GPU features";
    "fusion": "numexpr", "torch.compile" => "(&x * 2.0 + 1.0).sqrt()",
        "expressions are fused by their type: one loop, on the CPU and on GPUs" {
        let x = Cpu.tensor([4.0, 12.0]);
        assert_eq!((&x * 2.0 + 1.0).sqrt().eval(), Cpu.tensor([3.0, 5.0]));
    }
    "caching allocator": "", "torch.cuda.memory" =>
        "",
        "on purpose: freed buffers are kept for the next of their size, without being asked; `CONGRUENT_POOL=off` \
         turns it off" {}
    "custom kernels, graphs, streams, multi-GPU, cuDNN": "", "torch.cuda.*" => "",
        "not yet: kernels and streams of one's own, graphs, cuDNN; own formulas run on GPUs, `Cuda<1>` is a device" {}
    "AMP": "", "torch.autocast" => "", "not yet: mixed precision" {}
    "flash attention": "", "F.scaled_dot_product_attention(q, k, v)" => "q.attention(&k, &v)",
        "on the CPU, in tiles: scores are never in memory; masks, biases, order, scale and heads that share keys by \
         `attention_with`; no dropout of weights" {
        let q = Cpu.tensor([[0.0, 0.0]]);
        let (k, v) = (Cpu.tensor([[1.0, 0.0], [0.0, 1.0]]), Cpu.tensor([[1.0], [3.0]]));
        assert_eq!(q.attention(&k, &v).eval().as_slice(), [2.0]);
    }
    "causal attention": "", "F.scaled_dot_product_attention(q, k, v, is_causal=True)" =>
        "q.attention_with(&k, &v, Attend::causal())",
        "of more keys than queries the last query sees all; PyTorch counts from the first" {
        let (q, k, v) = (Cpu.tensor([[1.0], [3.0]]), Cpu.tensor([[1.0], [2.0]]), Cpu.tensor([[5.0], [7.0]]));
        assert_eq!(q.attention_with(&k, &v, Attend::causal()).eval().as_slice()[0], 5.0);
    }
    "masked attention": "", "F.scaled_dot_product_attention(q, k, v, attn_mask=m)" =>
        "q.attention_with(&k, &v, Attend::all().mask(&m))",
        "of floats `.bias(&m)`; a query that sees nothing gives zeros, not NaN" {
        let (q, k, v) = (Cpu.tensor([[1.0], [3.0]]), Cpu.tensor([[1.0], [2.0]]), Cpu.tensor([[5.0], [7.0]]));
        let m = Cpu.tensor_of::<bool, _>([[true, false], [false, false]]);
        assert_eq!(q.attention_with(&k, &v, Attend::all().mask(&m)).eval().as_slice(), [5.0, 0.0]);
    }
    "grouped-query attention": "", "F.scaled_dot_product_attention(q, k, v, enable_gqa=True)" =>
        "q.unflatten::<1, _, _>(G, R).attention(&k, &v)", "queries `(B, G, R, N, K)` with keys `(B, G, M, K)`" {
        use congruent::dims;
        dims! { G = 2, R = 3 }
        let (q, k) = (Cpu.ones::<Shape![2, 6, 4, 3]>(), Cpu.ones::<Shape![2, G, 5, 3]>());
        let v = k.clone();
        let y: Tensor<Shape![2, G, R, 4, 3]> = q.unflatten::<1, _, _>(G, R).attention(&k, &v).eval();
        assert!((&y - 1.0).abs().lt(1e-6).all());
    }
}
