//! Python's random numbers: MT19937 and what the module `random` makes of them.
//!
//! The newsroom was first written by a Python program, and rivals were measured on what it wrote; so its numbers are
//! drawn in the same way. Source: Matsumoto and Nishimura, "Mersenne Twister" (1998); CPython 3.11, `Lib/random.py`.

/// Words of state.
const SIZE: usize = 624;
/// How far apart the words are that are mixed.
const SHIFT: usize = 397;

/// A Mersenne Twister.
pub(super) struct Random {
    state: [u32; SIZE],
    next: usize,
}

impl Random {
    /// As `random.Random(seed)`.
    pub(super) fn seeded(seed: u32) -> Self {
        let mut word = 19_650_218_u32;
        let mut state = [0; SIZE];
        for (place, at) in state.iter_mut().zip(0_u32..) {
            if at > 0 {
                word = 1_812_433_253_u32.wrapping_mul(word ^ (word >> 30)).wrapping_add(at);
            }
            *place = word;
        }
        let mut random = Self { state, next: SIZE };
        let at = random.stir(1, SIZE, |word, mixed, _| (word ^ mixed.wrapping_mul(1_664_525)).wrapping_add(seed));
        random.stir(at, SIZE - 1, |word, mixed, at| (word ^ mixed.wrapping_mul(1_566_083_941)).wrapping_sub(at));
        random.set(0, 0x8000_0000);
        random
    }

    fn word(&self, at: usize) -> u32 {
        self.state.get(at % SIZE).copied().unwrap_or_default()
    }

    fn set(&mut self, at: usize, word: u32) {
        if let Some(place) = self.state.get_mut(at) {
            *place = word;
        }
    }

    /// Goes through `count` words from `at`, each mixed with the one before; gives where it stopped.
    fn stir(&mut self, mut at: usize, count: usize, mix: impl Fn(u32, u32, u32) -> u32) -> usize {
        for _ in 0..count {
            let before = self.word(at - 1);
            let number = u32::try_from(at).unwrap_or_default();
            self.set(at, mix(self.word(at), before ^ (before >> 30), number));
            at += 1;
            if at == SIZE {
                self.set(0, self.word(SIZE - 1));
                at = 1;
            }
        }
        at
    }

    fn refill(&mut self) {
        for at in 0..SIZE {
            let mixed = (self.word(at) & 0x8000_0000) | (self.word(at + 1) & 0x7fff_ffff);
            let twist = if mixed & 1 == 1 { 0x9908_b0df } else { 0 };
            self.set(at, self.word(at + SHIFT) ^ (mixed >> 1) ^ twist);
        }
        self.next = 0;
    }

    fn next_word(&mut self) -> u32 {
        if self.next == SIZE {
            self.refill();
        }
        let mut word = self.word(self.next);
        self.next += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    /// As `random()`: at least 0 and below 1.
    pub(super) fn fraction(&mut self) -> f64 {
        let (high, low) = (self.next_word() >> 5, self.next_word() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }

    /// As `randrange(count)`.
    pub(super) fn below(&mut self, count: u32) -> u32 {
        loop {
            let number = self.next_word() >> count.leading_zeros();
            if number < count {
                return number;
            }
        }
    }

    /// As `randint(from, to)`: both ends may come.
    pub(super) fn between(&mut self, from: u32, to: u32) -> u32 {
        from + self.below(to - from + 1)
    }

    /// A place of a list of that length.
    fn place(&mut self, length: usize) -> usize {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        usize::try_from(self.below(length)).unwrap_or_default()
    }

    /// As `choice(items)`; the default of the type when there is nothing to choose from.
    pub(super) fn choice<T: Copy + Default>(&mut self, items: &[T]) -> T {
        self.one_of(items).copied().unwrap_or_default()
    }

    /// As `choice(items)`.
    pub(super) fn one_of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.place(items.len().max(1)))
    }

    /// As `choices(range(len(weights)), weights, k=count)`.
    pub(super) fn weighted(&mut self, weights: &[f64], count: usize) -> Vec<usize> {
        let mut sum = 0.0;
        let sums: Vec<f64> = weights
            .iter()
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        let last = sums.len().saturating_sub(1);
        let mut draw = || {
            let wanted = self.fraction() * sum;
            sums.partition_point(|&reached| reached <= wanted).min(last)
        };
        (0..count).map(|_| draw()).collect()
    }

    /// As `shuffle(items)`.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.place(at + 1));
        }
    }

    /// As `sample(range(1, count + 1), wanted)`, for samples so small that Python draws them into a set.
    pub(super) fn sample(&mut self, count: u32, wanted: u32) -> Vec<u32> {
        let mut drawn = Vec::new();
        for _ in 0..wanted {
            let number = loop {
                let number = self.below(count) + 1;
                if !drawn.contains(&number) {
                    break number;
                }
            };
            drawn.push(number);
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_python() {
        // python3 -c 'import random; r = random.Random(20261123); print([r.getrandbits(32) for _ in range(3)])'
        let mut random = Random::seeded(20_261_123);
        assert_eq!(
            [random.next_word(), random.next_word(), random.next_word()],
            [3_242_042_762, 2_472_729_180, 3_854_654_306]
        );
    }
}
