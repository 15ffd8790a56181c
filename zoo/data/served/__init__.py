"""Pictures and sounds as users send them to an exported model: read in the graph, or refused."""
