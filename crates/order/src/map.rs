//! A map and a set in the order of their keys, with one tree for each type of key.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::collections::btree_map;

/// A map in the order of its keys.
///
/// A [`BTreeMap`] is made again for every type of key and value: 6 kB of code each. In this one the tree holds the
/// places of the values, so that there is one tree for each type of key.
///
/// ```
/// let mut lengths: order::Map<&str, usize> = ["fig", "apple"].map(|word| (word, word.len())).into_iter().collect();
/// *lengths.or_default("kiwi") += 4;
/// assert_eq!(lengths.insert("fig", 0), Some(3));
/// assert_eq!(lengths.remove("apple"), Some(5));
/// assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [("fig", 0), ("kiwi", 4)]);
/// ```
#[derive(Debug, Clone)]
pub struct Map<K, V> {
    places: BTreeMap<K, usize>,
    /// The values; none where one was removed.
    values: Vec<Option<V>>,
    /// Places where one was removed.
    free: Vec<usize>,
}

impl<K, V> Map<K, V> {
    /// An empty one.
    pub const fn new() -> Self {
        Self {
            places: BTreeMap::new(),
            values: Vec::new(),
            free: Vec::new(),
        }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The keys, in their order.
    pub fn keys(&self) -> btree_map::Keys<'_, K, usize> {
        self.places.keys()
    }

    /// The keys with their values, in the order of keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            places: self.places.iter(),
            values: &self.values,
        }
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// The values, to be changed, in no order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.values.iter_mut().flatten()
    }

    /// The last key with its value.
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next_back()
    }

    /// The values by themselves, in the order of their keys.
    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }
}

impl<K: Ord, V> Map<K, V> {
    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let place = self.places.get(key)?;
        self.values.get(*place)?.as_ref()
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.places.get(key)?;
        self.values.get_mut(*place)?.as_mut()
    }

    /// Whether a key has a value.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.places.contains_key(key)
    }

    /// The value of a key; where it has none, it is given one first.
    pub fn or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let next = self.free.last().copied().unwrap_or(self.values.len());
        let place = *self.places.entry(key).or_insert(next);
        if place == next && self.free.pop().is_none() {
            self.values.push(None);
        }
        self.values[place].get_or_insert_with(make)
    }

    /// The value of a key, at first its type's default.
    pub fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.or_insert_with(key, V::default)
    }

    /// Gives a key a value; answers the one that it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(known) = self.get_mut(&key) {
            return Some(std::mem::replace(known, value));
        }
        self.or_insert_with(key, || value);
        None
    }

    /// Keeps the values of which this is said.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        let (values, free) = (&mut self.values, &mut self.free);
        self.places.retain(|key, place| {
            let value = &mut values[*place];
            let is_kept = value.as_mut().is_some_and(|value| keep(key, value));
            if !is_kept {
                *value = None;
                free.push(*place);
            }
            is_kept
        });
    }

    /// Takes a key's value away.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.places.remove(key)?;
        self.free.push(place);
        self.values.get_mut(place)?.take()
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        for (key, value) in pairs {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut map = Self::new();
        map.extend(pairs);
        map
    }
}

/// The keys of a [`Map`] with their values.
#[derive(Debug)]
pub struct Iter<'a, K, V> {
    places: btree_map::Iter<'a, K, usize>,
    values: &'a [Option<V>],
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, place) = self.places.next()?;
        Some((key, self.values.get(*place)?.as_ref()?))
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let (key, place) = self.places.next_back()?;
        Some((key, self.values.get(*place)?.as_ref()?))
    }
}

impl<'a, K, V> IntoIterator for &'a Map<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A [`Map`] taken apart.
#[derive(Debug)]
pub struct IntoIter<K, V> {
    places: btree_map::IntoIter<K, usize>,
    values: Vec<Option<V>>,
}

impl<K, V> Iterator for IntoIter<K, V> {
    type Item = (K, V);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, place) = self.places.next()?;
        Some((key, self.values.get_mut(place)?.take()?))
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    fn into_iter(self) -> Self::IntoIter {
        IntoIter {
            places: self.places.into_iter(),
            values: self.values,
        }
    }
}

/// A set in its order, which shares its tree with the [`Map`]s that have such keys.
///
/// ```
/// let mut words: order::Set<&str> = ["fig", "apple", "fig"].into_iter().collect();
/// assert!(!words.insert("fig"));
/// assert_eq!(words.into_iter().collect::<Vec<_>>(), ["apple", "fig"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set<T>(BTreeMap<T, usize>);

impl<T> Set<T> {
    /// An empty one.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// How many items it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its items in their order.
    pub fn iter(&self) -> btree_map::Keys<'_, T, usize> {
        self.0.keys()
    }
}

impl<T: Ord> Set<T> {
    /// Adds an item; says whether it is new.
    pub fn insert(&mut self, item: T) -> bool {
        self.0.insert(item, 0).is_none()
    }

    /// Takes an item out; says whether it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.remove(item).is_some()
    }

    /// Whether it has an item.
    pub fn contains<Q: Ord + ?Sized>(&self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.contains_key(item)
    }
}

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Ord> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        for item in items {
            self.insert(item);
        }
    }
}

impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut set = Self::new();
        set.extend(items);
        set
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = btree_map::IntoKeys<T, usize>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_keys()
    }
}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = btree_map::Keys<'a, T, usize>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever is inserted and removed, it holds what the standard library's holds.
    #[test]
    fn it_is_a_map_in_order() {
        let (mut ours, mut theirs) = (Map::new(), BTreeMap::new());
        let mut state = 7_u64;
        for step in 0..20_000_u64 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let key = state >> 57;
            match state >> 32 & 3 {
                0 => assert_eq!(ours.remove(&key), theirs.remove(&key)),
                1 => assert_eq!(ours.insert(key, step), theirs.insert(key, step)),
                2 => {
                    *ours.or_default(key) += step;
                    *theirs.entry(key).or_default() += step;
                }
                _ => assert_eq!(ours.get(&key), theirs.get(&key)),
            }
            assert_eq!(ours.len(), theirs.len());
        }
        assert!(ours.iter().eq(theirs.iter()));
        assert!(ours.values().eq(theirs.values()) && ours.keys().eq(theirs.keys()));
        assert!(ours.iter().rev().eq(theirs.iter().rev()));
        assert_eq!(ours.last_key_value(), theirs.last_key_value());
        ours.values_mut().for_each(|step| *step += 1);
        theirs.values_mut().for_each(|step| *step += 1);
        ours.retain(|key, step| !key.is_multiple_of(3) && !step.is_multiple_of(2));
        theirs.retain(|key, step| !key.is_multiple_of(3) && !step.is_multiple_of(2));
        assert!(ours.iter().eq(theirs.iter()) && ours.insert(3, 3).is_none());
        theirs.insert(3, 3);
        // Places are used again.
        assert!(ours.values.len() <= 128);
        assert!(ours.clone().into_values().eq(theirs.clone().into_values()));
        assert!(ours.into_iter().eq(theirs));
        let mut set: Set<u64> = [3, 1].into_iter().collect();
        assert!(set.remove(&3) && !set.remove(&3) && set.contains(&1) && set.len() == 1);
    }
}
