analyze wish
