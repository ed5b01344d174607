//! Rows of random numbers.
//!
//! Apart from `creation`: these are functions of a key.

use congruent::prelude::*;

dims! { Batch = ? }

rows! {
    "random";
    given { let key = Key::new(7); }
    "seed": "np.random.seed | np.random.default_rng(7)", "torch.manual_seed(7)" => "Key::new(7)",
        "no global state: a key is a value, `key.split()` and `key.fold_in(n)` make fresh ones" {
        assert!(Key::new(7) == key && key.fold_in(1) != key);
    }
    "rand": "np.random.rand | rng.random", "torch.rand" => "Cpu.rand::<Shape![3]>(key)",
        "run-time sizes: `rand_of(shape, key)`; a range: `uniform`" {
        let x = Cpu.rand::<Shape![3]>(key);
        assert!(x.ge(0.0).all() && x.lt(1.0).all());
    }
    "randn": "np.random.randn | rng.standard_normal", "torch.randn" => "Cpu.randn::<Shape![1000]>(key)", "" {
        let x = Cpu.randn::<Shape![1000]>(key);
        assert!(x.mean().eval().item().abs() < 0.1);
    }
    "randint": "rng.integers", "torch.randint" => "Cpu.randint((D::<100>,), key, 1, 7)", "" {
        let x = Cpu.randint((D::<100>,), key, 1, 7)?;
        assert!(x.as_slice().iter().all(|x: &i64| (1..7).contains(x)));
    }
    "bernoulli": "rng.binomial(1, p)", "torch.bernoulli" => "Cpu.bernoulli((D::<100>,), key, 0.3)",
        "ones and zeros; masks: `bernoulli_of::<bool, _>`" {
        assert!((10.0..50.0).contains(&Cpu.bernoulli((D::<100>,), key, 0.3)?.sum().eval().item()));
        let x = Cpu.bernoulli_of::<bool, _>((D::<100>,), key, 0.3)?;
        assert!((10..50).contains(&x.count_nonzero().item()));
    }
    "multinomial": "rng.choice(p=..)", "torch.multinomial" => "weights.multinomial(D::<5>, true, key)", "" {
        let weights = Cpu.tensor([0.0, 3.0, 0.0]);
        assert_eq!(weights.multinomial(D::<5>, true, key)?.as_slice(), [1; 5]);
    }
    "normal": "rng.normal", "torch.normal" => "Cpu.normal((Batch(9),), key, 5.0, 0.0)",
        "`truncated_normal` has bounds" {
        let x = Cpu.normal((Batch(9),), key, 5.0, 0.0);
        assert_eq!(x.as_slice(), [5.0; 9]);
    }
    "uniform": "rng.uniform", "x.uniform_(a, b)" => "Cpu.uniform((Batch(9),), key, -1.0, 1.0)",
        "`f32`, as all that is drawn; another type by `_of`: `uniform_of::<f64, _>`" {
        let x = Cpu.uniform((Batch(9),), key, -1.0, 1.0);
        assert!(x.abs().le(1.0).all());
    }
    "exponential": "rng.exponential", "x.exponential_()" => "Cpu.exponential((D::<100>,), key, 4.0)",
        "the rate, which is one over NumPy's scale" {
        let x = Cpu.exponential((D::<100>,), key, 4.0)?;
        assert!(x.ge(0.0).all());
    }
    "poisson": "rng.poisson", "torch.poisson" => "Cpu.poisson((D::<100>,), key, 2.5)",
        "counts as `f32`; integers: `poisson_of::<i64, _>`" {
        let x = Cpu.poisson((D::<100>,), key, 2.5)?;
        assert_eq!(Cpu.poisson_of::<i64, _>((D::<100>,), key, 2.5)?.convert::<f32>(), x);
    }
    "gamma": "rng.gamma", "torch.distributions.Gamma" => "Cpu.gamma((D::<100>,), key, 2.0, 3.0)",
        "shape and scale; `beta` too" {
        let x = Cpu.gamma((D::<100>,), key, 2.0, 3.0)?;
        assert!(x.gt(0.0).all());
    }
    "perm": "rng.permutation", "torch.randperm" => "Cpu.permutation(D::<5>, key)",
        "rows in random order: `x.shuffled(key)`; some of them: `x.choice(D::<2>, false, key)`" {
        assert_eq!(Cpu.permutation(D::<5>, key).sort().eval(), Cpu.tensor([0, 1, 2, 3, 4]));
    }
    "generator objects": "np.random.Generator", "torch.Generator" => "Keys::new(7)", "hands out fresh keys" {
        let mut keys = Keys::new(7);
        assert_ne!(keys.next_key(), keys.next_key());
    }
    "reproducible across devices": "", "" => "Cpu.rand_of::<f32, _>((Batch(2),), key)",
        "element `i` depends on the key and `i` alone: neither on threads nor on the device nor on the shape" {
        let two = Cpu.rand_of::<f32, _>((Batch(2),), key);
        let nine = Cpu.rand_of::<f32, _>((Batch(9),), key);
        assert_eq!(two.as_slice(), &nine.as_slice()[..2]);
    }
}
