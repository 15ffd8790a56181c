"""VoiceBank-DEMAND (Valentini-Botinhao 2016): noisy and clean speech, to be downloaded by hand."""
